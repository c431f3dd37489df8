// Choose countries in the comparison. The choice stands in the address (?c=IE,EE), so it can be shared; without this, all show.
const table = document.getElementById("compared");
const bar = document.querySelector(".choosing");
const rows = [...table.querySelectorAll("tr[data-code]")];
const chosen = new Set((new URLSearchParams(location.search).get("c") || "").split(",").filter(Boolean));
let narrowed = rows.some((row) => chosen.has(row.dataset.code));

const button = document.createElement("button");
button.type = "button";
bar.append(button);
bar.hidden = false;

const show = () => {
  for (const row of rows) row.hidden = narrowed && !chosen.has(row.dataset.code);
  button.textContent = narrowed ? bar.dataset.all : bar.dataset.show;
  button.disabled = !narrowed && chosen.size === 0;
  const codes = rows.map((row) => row.dataset.code).filter((code) => chosen.has(code));
  history.replaceState(null, "", location.pathname + (codes.length ? `?c=${codes.join(",")}` : ""));
  for (const link of document.querySelectorAll(".keeps-choice")) {
    link.search = codes.length ? `?c=${codes.join(",")}` : "";
  }
};

for (const row of rows) {
  const tick = document.createElement("input");
  tick.type = "checkbox";
  tick.checked = chosen.has(row.dataset.code);
  tick.setAttribute("aria-label", `${bar.dataset.tick}: ${row.querySelector("th").textContent}`);
  tick.addEventListener("change", () => {
    chosen[tick.checked ? "add" : "delete"](row.dataset.code);
    narrowed = narrowed && chosen.size > 0;
    show();
  });
  row.querySelector("th").prepend(tick, " ");
}

button.addEventListener("click", () => {
  narrowed = !narrowed;
  show();
});
show();
