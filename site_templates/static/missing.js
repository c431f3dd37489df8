// Says what the catalogue has and a reader's own library lacks. The file is read here, in the browser, and goes nowhere.
"use strict";
const { add, exporting, fold, keep, say } = await import("./works.js" + new URL(import.meta.url).search);

const page = document.getElementById("own"), root = page.dataset.root, status = document.getElementById("held");
const file = document.getElementById("file"), pasted = document.getElementById("pasted"), out = document.getElementById("groups");
const taking = document.getElementById("taking"), topics = JSON.parse(document.getElementById("topics").textContent);
let catalogue, missing = [];

// ---- reading: only what works are recognised by (title, DOI, address)

const plain = (text) => text.replace(/\\(ss|ae|oe|AE|OE|o|O|l|L|aa|AA|i|j)(?![a-zA-Z])\s?/g, "$1").replace(/\\[a-zA-Z]+\s*/g, "")
  .replace(/\\[^a-zA-Z]/g, "").replace(/[{}]/g, "");

// A BibTeX value: in braces, in quotes, or bare; parts may be joined by #.
const value = (text, start) => {
  let depth = 0, quoted = false, at = start;
  for (; at < text.length; at++) {
    const char = text[at];
    if (char === "\\") { at++; continue; }
    if (char === "{") depth++;
    else if (char === "}") { if (!depth) break; depth--; }
    else if (char === '"' && !depth) quoted = !quoted;
    else if (char === "," && !depth && !quoted) break;
  }
  return [text.slice(start, at).trim().replace(/^["{]|["}]$/g, ""), at];
};

const bibtex = (text) => {
  const works = [], entry = /@\s*(\w+)\s*[{(]\s*[^,{}()\s]*\s*,/g, field = /\s*,?\s*([A-Za-z][\w-]*)\s*=\s*/y;
  for (let match; (match = entry.exec(text));) {
    if (/^(comment|string|preamble)$/i.test(match[1])) continue;
    const work = {};
    let at = entry.lastIndex;
    for (let name; (field.lastIndex = at, name = field.exec(text));) {
      const [said, end] = value(text, field.lastIndex);
      work[name[1].toLowerCase()] ??= said;
      at = end;
    }
    entry.lastIndex = at;
    works.push({ title: plain(work.title ?? ""), doi: work.doi ?? "", url: work.url ?? "" });
  }
  return works;
};

const ris = (text) => text.split(/^ER {2}-.*$/m).map((part) => {
  const of = (...tags) => { for (const tag of tags) { const match = new RegExp(`^${tag} {2}- (.*)$`, "m").exec(part); if (match) return match[1].trim(); } return ""; };
  return { title: of("TI", "T1", "CT", "BT"), doi: of("DO", "M3"), url: of("UR") };
}).filter((work) => work.title || work.doi);

const csl = (text) => {
  const data = JSON.parse(text);
  return (Array.isArray(data) ? data : data.items ?? []).map((work) => ({ title: String(work.title ?? ""), doi: String(work.DOI ?? ""), url: String(work.URL ?? "") }));
};

const works = (text) => {
  const bare = text.replace(/^\ufeff/, "");
  if (/^\s*[[{]/.test(bare)) return csl(bare);
  return /^TY {2}-/m.test(bare) ? ris(bare) : bibtex(bare);
};

// ---- comparing

const doiOf = (text) => /10\.\d{4,9}\/[^\s"<>{}|\\^`]+/.exec(decodeURI_(text))?.[0].toLowerCase().replace(/[.,;:]+$/, "") ?? "";
const decodeURI_ = (text) => { try { return decodeURIComponent(text); } catch { return text; } };
const address = (text) => text.replace(/^https?:\/\/(www\.)?/i, "").replace(/[#?]?\/?$/, "").toLowerCase();

const compare = (mine) => {
  const dois = new Set(mine.flatMap((work) => [doiOf(work.doi), doiOf(work.url)]).filter(Boolean));
  const titles = new Set(mine.map((work) => fold(work.title)).filter((title) => title.length > 8));
  const urls = new Set(mine.map((work) => address(work.url)).filter((url) => url.includes("/")));
  const has = ([, title, english, doi, url]) => (doi && dois.has(doi)) || titles.has(fold(title)) || (english && titles.has(fold(english))) || (url && urls.has(address(url)));
  return catalogue.filter((work) => !has(work));
};

const group = (name, held) => {
  const part = add(out, "details", "", { class: "fold" });
  add(part, "summary", `${name} (${held.length})`);
  const list = add(part, "ol", "", { class: "list brief" });
  for (const [id, title, english, , , year, , , venue] of held) {
    const what = add(add(list, "li"), "div", "", { class: "what" });
    add(add(what, "h3"), "a", title, { href: `${root}entries/${id}/`, dir: "auto" });
    if (english) add(what, "p", english, { class: "english", lang: "en" });
    add(what, "p", [year || page.dataset.undated, venue].filter(Boolean).join(" · "), { class: "by" });
  }
};

const show = (mine) => {
  missing = compare(mine).sort((a, b) => b[5] - a[5] || a[1].localeCompare(b[1]));
  status.textContent = say(page.dataset.found, { read: mine.length, has: catalogue.length - missing.length, all: catalogue.length, missing: missing.length });
  out.replaceChildren();
  for (const [id, name] of Object.entries(topics)) {
    const held = missing.filter((work) => work[7].includes(id));
    if (held.length) group(name, held);
  }
  const rest = missing.filter((work) => !work[7].some((topic) => topic in topics));
  if (rest.length) group(page.dataset.untagged, rest);
  taking.hidden = !missing.length;
  dispatchEvent(new CustomEvent("rows"));
};

const take = async (text) => {
  status.textContent = page.dataset.busy;
  let mine = [];
  try { mine = works(text); } catch { mine = []; }
  if (!mine.length) { status.textContent = page.dataset.unread; out.replaceChildren(); taking.hidden = true; return; }
  catalogue ??= await (await fetch(root + page.dataset.keys)).json();
  show(mine);
};

const takeFiles = async (files) => take((await Promise.all([...files].map((one) => one.text()))).join("\n"));

file.addEventListener("change", () => { if (file.files.length) takeFiles(file.files); });
pasted.addEventListener("change", () => { if (pasted.value.trim()) take(pasted.value); });
document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", (event) => { event.preventDefault(); if (event.dataTransfer?.files.length) takeFiles(event.dataTransfer.files); });
document.getElementById("keep-all").addEventListener("click", () => keep(missing.map(([id]) => id)));
exporting(taking, root, "missing", async () => missing.map(([id]) => id));
page.hidden = false;
