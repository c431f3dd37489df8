// Search and facets in the browser, over an index that Pagefind made. The address holds the whole question, so a link shares it.
"use strict";
const { add, exporting, fold, say, words } = await import("./works.js" + new URL(import.meta.url).search);

const form = document.getElementById("search"), root = form.dataset.root;
const list = document.getElementById("results"), status = document.getElementById("found"), more = document.getElementById("more");
const facets = document.getElementById("facets"), offer = document.getElementById("offer"), taking = document.getElementById("taking");
const names = JSON.parse(document.getElementById("names").textContent), sections = JSON.parse(document.getElementById("kinds").textContent);
const FACETS = Object.keys(form.dataset).filter((name) => name.startsWith("facet")).map((name) => name.slice(5).toLowerCase());
const AT_ONCE = 10, OPEN = 8;
let engine, asked = 0, found = [], shown = 0;

const state = () => new URLSearchParams(location.search);
const chosen = (name) => state().getAll(name);
const label = (name, value) => names[name]?.[value]?.[0] ?? value;

const start = () => engine ??= (async () => {
  const pagefind = await import(new URL(`${root}search/pagefind/pagefind.js`, location.href).href);
  await pagefind.options({ noWorker: true, ranking: { termFrequency: 0.6 } }); // a worker would load the same code once more
  await pagefind.init();
  return pagefind;
})();

// ---- the table of facets: packed by column (publish/searchable.py), loaded after the first results

const code = (text, at) => text.charCodeAt(at) - 48;

const unpack = (packed) => {
  let sum = 0;
  const at = new Map(packed.hashes.split(",").map((part, place) => [part.startsWith("=") ? part.slice(1) : (sum += parseInt(part, 16)).toString(16).padStart(7, "0"), place]));
  const columns = {};
  for (const [name, { values, of, lists }] of Object.entries(packed.facets)) {
    const parts = of ? [...of] : lists.split("0");
    columns[name] = parts.map((part) => part === "0" ? [] : [...part].map((char) => values[char.charCodeAt(0) - 49]));
  }
  columns.section = (columns.kind ?? []).map((kinds) => kinds.map((kind) => sections[kind]));
  return { at, columns, date: (n) => code(packed.date, 2 * n) * 1000 + code(packed.date, 2 * n + 1), listed: (n) => code(packed.listed, n) };
};

let packing;
const table = () => packing ??= (async () => {
  const answer = await fetch(`${root}search/pagefind/facets.gz`);
  const stream = answer.body.pipeThrough(new DecompressionStream("gzip"));
  return unpack(JSON.parse(await new Response(stream).text()));
})();

const placeOf = (held, result) => held.at.get(result.id.slice(result.id.indexOf("_") + 1));

// Within one facet any value will do, all facets must hold; `but` is left out, so that its own counts say what else there is.
const passes = (held, place, wanted, but) => wanted.every(([name, values]) => name === but || held.columns[name]?.[place]?.some((value) => values.includes(value)));

const questions = () => FACETS.map((name) => [name, chosen(name)]).filter(([, values]) => values.length);

// ---- results

const row = (data) => {
  const meta = data.meta, item = add(list, "li"), when = add(item, "div", meta.date || form.dataset.undated, { class: "when" });
  const what = add(item, "div", "", { class: "what" }), line = add(what, "p", "", { class: "by" });
  if (meta.mark) add(line, "strong", meta.mark + " ", { class: "mark" });
  add(line, "span", meta.kind, { class: "kind" });
  if (meta.by) { line.append(" "); add(line, "bdi", meta.by); }
  add(add(what, "h2"), "a", meta.title, { href: root + data.url.replace(/^\//, ""), lang: meta.lang, dir: "auto" });
  if (meta.en) add(what, "p", meta.en, { class: "english", lang: "en" });
  if (meta.sum) {
    const sum = add(what, "p", meta.sum, { class: "sum", lang: meta.sumlang, dir: "auto" });
    if (meta.theirs) { sum.append(" "); add(sum, "span", form.dataset.theirs, { class: "theirs", lang: "en" }); }
  }
  return when;
};

const showMore = async () => {
  const turn = asked, next = found.slice(shown, shown + AT_ONCE);
  const loaded = await Promise.all(next.map((result) => result.data()));
  if (turn !== asked) return;
  if (!shown) list.replaceChildren();
  for (const data of loaded) row(data);
  shown += next.length;
  list.hidden = !shown;
  more.hidden = shown >= found.length;
  dispatchEvent(new CustomEvent("rows"));
};

const search = async () => {
  const turn = ++asked, query = state(), typed = (query.get("q") ?? "").trim(), order = query.get("sort");
  const wanted = questions();
  offerPages(typed);
  if (!typed && !wanted.length) {
    found = []; shown = 0; list.replaceChildren(); list.hidden = true; more.hidden = taking.hidden = facets.hidden = true; status.textContent = "";
    return;
  }
  status.textContent = form.dataset.busy;
  let results, held;
  try {
    const pagefind = await start();
    results = (await pagefind.search(typed ? words(typed) : null)).results;
    if (wanted.length || order || packing) held = await table();
  } catch (error) {
    status.textContent = form.dataset.broken;
    throw error;
  }
  if (turn !== asked) return;
  found = wanted.length ? results.filter((result) => passes(held, placeOf(held, result), wanted)) : results;
  if (order) {
    const key = new Map(found.map((result) => [result, held[order === "listed" ? "listed" : "date"](placeOf(held, result))]));
    found = [...found].sort((a, b) => key.get(b) - key.get(a));
  }
  shown = 0; more.hidden = true;
  const count = found.length;
  status.textContent = !count ? form.dataset.none : count === 1 ? form.dataset.one : say(form.dataset.some, { n: count });
  taking.hidden = !count;
  if (!count) { list.replaceChildren(); list.hidden = true; }
  await showMore();
  held ??= await table();
  if (turn === asked) showFacets(held, results, wanted);
};

// ---- facets

const counted = (held, results, wanted, name) => {
  const counts = new Map(chosen(name).map((value) => [value, 0]));
  for (const result of results) {
    const place = placeOf(held, result);
    if (!passes(held, place, wanted, name)) continue;
    for (const value of held.columns[name]?.[place] ?? []) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const rows = [...counts];
  return name === "year" ? rows.sort((a, b) => b[0].localeCompare(a[0], "en", { numeric: true }))
    : rows.sort((a, b) => b[1] - a[1] || label(name, a[0]).localeCompare(label(name, b[0])));
};

const box = (parent, name, value, n) => {
  const line = add(parent, "li"), wrap = add(line, "label"), input = add(wrap, "input", "", { type: "checkbox", name, value });
  input.checked = chosen(name).includes(value);
  wrap.append(" ", label(name, value));
  add(line, "span", String(n), { class: "n" });
};

const showFacets = (held, results, wanted) => {
  const at = document.activeElement?.name && facets.contains(document.activeElement) ? [document.activeElement.name, document.activeElement.value] : null;
  const open = new Set([...facets.querySelectorAll("details[open]")].map((part) => part.dataset.name));
  facets.replaceChildren();
  facets.hidden = false;
  for (const name of FACETS) {
    const rows = counted(held, results, wanted, name);
    if (!rows.length) continue;
    const part = add(facets, "fieldset", "", { class: "facet" });
    add(part, "legend", form.dataset["facet" + name[0].toUpperCase() + name.slice(1)]);
    const first = add(part, "ul", "", { class: "counts" });
    for (const [value, n] of rows.slice(0, OPEN)) box(first, name, value, n);
    if (rows.length <= OPEN) continue;
    const rest = add(part, "details", "", { "data-name": name });
    rest.open = open.has(name) || rows.slice(OPEN).some(([value]) => chosen(name).includes(value));
    add(rest, "summary", say(form.dataset.more, { n: rows.length - OPEN }));
    const others = add(rest, "ul", "", { class: "counts" });
    for (const [value, n] of rows.slice(OPEN)) box(others, name, value, n);
  }
  if (at) [...facets.querySelectorAll("input")].find((input) => input.name === at[0] && input.value === at[1])?.focus();
};

// ---- a country or topic that was typed offers its page

const offerPages = (typed) => {
  offer.replaceChildren();
  const wanted = fold(typed);
  for (const name of wanted ? ["country", "topic"] : []) {
    for (const [words, path] of Object.values(names[name])) {
      if (path && fold(words) === wanted) add(offer, "a", say(form.dataset.offer, { name: words }), { href: root + path });
    }
  }
  offer.hidden = !offer.firstChild;
};

// ---- the question stands in the address

const ask = (push) => {
  const query = new URLSearchParams();
  const typed = form.elements.q.value.trim();
  if (typed) query.set("q", typed);
  for (const input of facets.querySelectorAll("input:checked")) query.append(input.name, input.value);
  if (!facets.firstChild) for (const name of FACETS) for (const value of chosen(name)) query.append(name, value);
  const order = form.elements.sort.value;
  if (order) query.set("sort", order);
  const address = query.size ? `?${query}` : location.pathname;
  if (push) history.pushState(null, "", address); else history.replaceState(null, "", address);
  return search();
};

const take = () => {
  form.elements.q.value = state().get("q") ?? "";
  form.elements.sort.value = state().get("sort") ?? "";
  return search();
};

form.addEventListener("submit", (event) => { event.preventDefault(); ask(true); });
form.elements.sort.addEventListener("change", () => ask(true));
facets.addEventListener("change", () => ask(true));
form.elements.q.addEventListener("focus", start, { once: true });
more.addEventListener("click", async () => {
  const first = shown;
  await showMore();
  list.children[first]?.querySelector("a")?.focus();
});
addEventListener("popstate", take);
document.getElementById("without").hidden = true;
form.hidden = false;

let ids;
exporting(taking, root, "search", async () => {
  ids ??= await (await fetch(`${root}search/pagefind/ids.json`)).json();
  return found.map((result) => ids[result.id]).filter(Boolean);
});
take();
