// Looks through titles, names and summaries in the browser; every spelling of micro-credential is one.
"use strict";
const form = document.querySelector("form[data-entries]");
const field = form.elements.q, list = document.getElementById("results"), status = document.getElementById("found");
const MOST = 50;
let rows;

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase()
  .replace(/[\u00ad\u2010-\u2013]/g, "-").replace(/micro[-\s]+(?=cred|cert|qual)/g, "micro");

const add = (parent, name, text, attributes = {}) => {
  const element = document.createElement(name);
  element.textContent = text;
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  parent.append(element);
  return element;
};

const show = ([path, title, english, by, date, kind, , summary]) => {
  const item = document.createElement("li"), when = add(item, "div", date, { class: "when" }), what = add(item, "div", "", { class: "what" });
  const line = add(what, "p", "", { class: "by" });
  add(line, "span", kind, { class: "kind" });
  line.append(" " + by);
  add(add(what, "h2", ""), "a", title, { href: form.dataset.root + path, dir: "auto" });
  if (english) add(what, "p", english, { class: "english" });
  if (summary) add(what, "p", summary, { class: "sum", dir: "auto" });
  if (!date) when.textContent = "–";
  list.append(item);
};

const score = (row, words) => {
  const title = fold(row[1] + " " + row[2]), all = title + " " + fold(row.slice(3).join(" "));
  let sum = 0;
  for (const word of words) {
    if (!all.includes(word)) return 0;
    sum += title.includes(word) ? 3 : 1;
  }
  return sum;
};

const search = async () => {
  const words = fold(field.value).split(/\s+/).filter(Boolean);
  history.replaceState(null, "", words.length ? "?q=" + encodeURIComponent(field.value) : location.pathname);
  if (!words.length) { list.hidden = true; status.textContent = ""; return; }
  rows ??= await (await fetch(form.dataset.entries)).json();
  const found = rows.map((row, place) => [score(row, words), place]).filter(([sum]) => sum).sort((a, b) => b[0] - a[0] || a[1] - b[1]);
  list.replaceChildren();
  for (const [, place] of found.slice(0, MOST)) show(rows[place]);
  list.hidden = !found.length;
  const say = status.dataset;
  status.textContent = !found.length ? say.none : found.length === 1 ? say.one : say.some.replace("…", found.length)
    + (found.length > MOST ? " " + say.most.replace("…", MOST) : "");
};

form.addEventListener("submit", (event) => { event.preventDefault(); search(); });
field.value = new URLSearchParams(location.search).get("q") || "";
if (field.value) search();
