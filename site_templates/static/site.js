// Copies a text that stands on the page. Without JavaScript the buttons stay hidden and nothing is lost.
"use strict";
for (const button of document.querySelectorAll("button[data-copy]")) {
  const text = document.getElementById(button.dataset.copy);
  const before = button.textContent;
  if (!text || !navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text.textContent.trim());
    button.textContent = button.dataset.done || before;
    setTimeout(() => { button.textContent = before; }, 2000);
  });
}
