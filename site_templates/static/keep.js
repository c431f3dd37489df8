// Lets readers keep entries in a list of their own: a button on each entry and each row. Kept in this browser, never sent.
"use strict";
const { keep, kept } = await import("./works.js" + new URL(import.meta.url).search);

const idOf = (link) => /(?:^|\/)entries\/([a-z0-9-]+)\/$/.exec(link.getAttribute("href"))?.[1];
const said = document.querySelector("meta[name=keep]")?.dataset ?? {};

const show = () => {
  const list = new Set(kept());
  for (const button of document.querySelectorAll("button[data-keep]")) {
    const on = list.has(button.dataset.keep);
    button.setAttribute("aria-pressed", on);
    button.firstChild.textContent = on ? button.dataset.kept : button.dataset.said;
    button.hidden = false;
  }
  for (const link of document.querySelectorAll("a[data-list]")) {
    link.textContent = list.size ? `${said.list} (${list.size})` : said.list;
  }
};

// Rows get their button here, so that a page without JavaScript shows none.
const dress = () => {
  for (const row of document.querySelectorAll(".list > li:not([data-dressed])")) {
    const link = row.querySelector(":is(h2, h3) a"), id = link && idOf(link), line = row.querySelector(".what > .by, .by");
    row.dataset.dressed = "";
    if (!id || !line) continue;
    const button = document.createElement("button");
    Object.assign(button.dataset, { keep: id, kept: said.kept, said: said.keep });
    Object.assign(button, { type: "button", className: "keep" });
    button.append(said.keep);
    const name = document.createElement("span");
    name.className = "hidden";
    name.textContent = ": " + link.textContent;
    button.append(name);
    line.append("\u2003", button);  // a wide blank, which a new line does not begin with
  }
  show();
};

for (const button of document.querySelectorAll("button[data-keep]")) button.dataset.said = button.firstChild.textContent;
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button[data-keep]");
  if (button) keep([button.dataset.keep], button.getAttribute("aria-pressed") !== "true");
});
addEventListener("kept", show);
addEventListener("storage", show);
addEventListener("rows", dress);
dress();
