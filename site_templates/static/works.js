// What the pages of search, own list and comparison share: folding of words, the list kept in this browser, and files of works.
// Nothing is ever sent: all that is fetched are the site's own files.
"use strict";

const LETTERS = { ß: "ss", æ: "ae", œ: "oe", ø: "o", đ: "d", ð: "d", þ: "th", ł: "l", ħ: "h", ı: "i", ŋ: "n" };

// The same folding as the index's (publish/searchable.py): small letters, no accents, "micro-x" and "micro x" as one word.
export const fold = (text) => text.normalize("NFKC").replace(/\u00ad/g, "").replace(/[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/g, "-")
  .toLowerCase().replace(/[ßæœøđðþłħıŋ]/g, (letter) => LETTERS[letter]).normalize("NFD").replace(/\p{Mn}/gu, "").normalize("NFC")
  .replace(/(^|[^\p{L}\p{N}_])(micro|mikro|микро|мікро)[-\s]+(?=\p{L}{3})/gu, "$1$2").replace(/[^\p{L}\p{N}]+/gu, " ").trim();

export const words = (text) => fold(text).replace(/([\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])/g, " $1 ").replace(/\s+/g, " ").trim();

// ---- the list kept in this browser

// Two observatories on one host keep a list each: the site's own path is part of the name.
const SHELF = `observatory:list:${new URL("../", import.meta.url).pathname}`;
const isId = (id) => typeof id === "string" && /^[a-z0-9][a-z0-9-]{0,79}$/.test(id);

export const kept = () => {
  try { return JSON.parse(localStorage.getItem(SHELF) || "[]").filter(isId); } catch { return []; }
};

export const keep = (ids, wanted = true) => {
  const others = kept().filter((id) => !ids.includes(id));
  const list = wanted ? [...others, ...ids.filter(isId)] : others;
  try { localStorage.setItem(SHELF, JSON.stringify(list)); } catch { return false; }
  dispatchEvent(new CustomEvent("kept"));
  return true;
};

export const idsIn = (text) => [...new Set((text || "").split(/[\s,]+/).filter(isId))];

// ---- elements, made without ever reading markup

export const add = (parent, name, text = "", attributes = {}) => {
  const element = document.createElement(name);
  element.textContent = text;
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined && value !== "") element.setAttribute(key, value);
  parent.append(element);
  return element;
};

export const say = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

// ---- files of works

const FEW = 40; // up to so many, each work's own file is fetched; more are picked out of the whole catalogue's

const PICK = {
  bib: (text) => text.split(/\n(?=@)/).map((part) => [/^@\w+\{([^,\s]+),/.exec(part)?.[1], part.trimEnd() + "\n"]),
  ris: (text) => text.split(/(?<=ER {2}- ?\r?\n)/).map((part) => [/^ID {2}- (\S+)/m.exec(part)?.[1], part.trimStart()]),
  json: (text) => JSON.parse(text).map((work) => [work.id, work]),
};
const JOIN = { bib: (parts) => parts.join("\n"), ris: (parts) => parts.join("\r\n"), json: (parts) => JSON.stringify(parts, null, 1) };

const read = async (address) => {
  const answer = await fetch(address);
  return answer.ok ? answer.text() : "";
};

// Gives the works' parts in one form, in the order of `ids`; what isn't here any more is left out.
export const parts = async (root, ids, form) => {
  const found = new Map();
  if (ids.length > FEW) {
    for (const [id, part] of PICK[form](await read(`${root}data/observatory.${form}`))) found.set(id, part);
  } else {
    for (let start = 0; start < ids.length; start += 8) {
      await Promise.all(ids.slice(start, start + 8).map(async (id) => {
        const text = await read(`${root}entries/${id}.${form}`);
        if (text) found.set(id, PICK[form](text)[0][1]);
      }));
    }
  }
  return ids.filter((id) => found.has(id)).map((id) => found.get(id));
};

const FORMULA = /^\s*[=+\-@\t\r＝＋－＠]/;
const cell = (value) => {
  const text = String(Array.isArray(value) ? value.join("; ") : value ?? "");
  const safe = FORMULA.test(text) ? "'" + text : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};
const nameOf = (name) => name.literal ?? [name.given, name.family].filter(Boolean).join(" ");
export const dateOf = (work) => (work.issued?.["date-parts"]?.[0] ?? []).map((part, place) => String(part).padStart(place ? 2 : 4, "0")).join("-");
export const byOf = (work) => [...(work.author ?? work.editor ?? []).slice(0, 3).map(nameOf), work["container-title"] ?? work.publisher].filter(Boolean).join(" · ");

const COLUMNS = {
  id: (work) => work.id, kind: (work) => work.custom?.kind, title: (work) => work.title, title_en: (work) => work.custom?.title_en,
  creators: (work) => (work.author ?? work.editor ?? []).map(nameOf), date: dateOf, publisher: (work) => work.publisher,
  container: (work) => work["container-title"], doi: (work) => work.DOI, url: (work) => work.URL, language: (work) => work.language,
  countries: (work) => work.custom?.countries, topics: (work) => work.custom?.topics, summary: (work) => work.abstract,
  entry: (work) => work.custom?.entry,
};

const csv = (works) => [Object.keys(COLUMNS), ...works.map((work) => Object.values(COLUMNS).map((of) => of(work)))]
  .map((row) => row.map(cell).join(",") + "\r\n").join("");

const MIMES = { bib: "application/x-bibtex", ris: "application/x-research-info-systems", json: "application/json", csv: "text/csv" };

const save = (name, mime, text) => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: `${mime};charset=utf-8` }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
};

// Wires a group of buttons [data-export=bib|ris|json|csv] to the ids that `ids()` gives when one is pressed.
export const exporting = (group, root, name, ids) => {
  for (const button of group.querySelectorAll("button[data-export]")) {
    button.addEventListener("click", async () => {
      const form = button.dataset.export, wanted = await ids();
      button.disabled = true;
      const found = await parts(root, wanted, form === "csv" ? "json" : form);
      save(`${name}.${form}`, MIMES[form], form === "csv" ? csv(found) : JOIN[form](found));
      button.disabled = false;
    });
  }
};
