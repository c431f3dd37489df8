// Search and facets in the browser, over an index that Pagefind made. The address holds the whole question, so a link shares it.
"use strict";
const { add, exporting, fold, say, words } = await import("./works.js" + new URL(import.meta.url).search);

const form = document.getElementById("search"), root = form.dataset.root;
const list = document.getElementById("results"), status = document.getElementById("found"), more = document.getElementById("more");
const facets = document.getElementById("facets"), offer = document.getElementById("offer"), taking = document.getElementById("taking");
const names = JSON.parse(document.getElementById("names").textContent), sections = JSON.parse(document.getElementById("kinds").textContent);
const FACETS = Object.keys(form.dataset).filter((name) => name.startsWith("facet")).map((name) => name.slice(5).toLowerCase());
const AT_ONCE = 20, OPEN = 8;
let engine, asked = 0, found = [], shown = 0, facetsWanted = false;

const state = () => new URLSearchParams(location.search);
const chosen = (name) => state().getAll(name);
const label = (name, value) => names[name]?.[value]?.[0] ?? value;

const start = () => engine ??= (async () => {
  const pagefind = await import(new URL(`${root}search/pagefind/pagefind.js`, location.href).href);
  await pagefind.options({ noWorker: true, ranking: { termFrequency: 0.6 } }); // a worker would load the same code once more
  await pagefind.init();
  return pagefind;
})();

// A section is the sum of its kinds; within one facet any value will do, all facets must hold.
const filters = () => {
  const wanted = {};
  for (const name of FACETS) {
    const values = chosen(name);
    if (!values.length) continue;
    if (name === "section") {
      const kinds = Object.keys(sections).filter((kind) => values.includes(sections[kind]));
      wanted.kind = { any: chosen("kind").length ? kinds.filter((kind) => chosen("kind").includes(kind)) : kinds };
    } else if (!(name === "kind" && wanted.kind)) wanted[name] = { any: values };
  }
  return wanted;
};

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
  const turn = ++asked, query = state(), typed = (query.get("q") ?? "").trim();
  const wanted = filters(), any = Object.keys(wanted).length > 0;
  offerPages(typed);
  if (!typed && !any) {
    found = []; shown = 0; list.replaceChildren(); list.hidden = true; more.hidden = taking.hidden = true; status.textContent = "";
    if (facetsWanted) showFacets({}, true);
    return;
  }
  status.textContent = form.dataset.busy;
  let answer;
  try {
    const pagefind = await start(), order = query.get("sort");
    answer = await pagefind.search(words(typed) || null, { filters: wanted, sort: order ? { [order]: "desc" } : {} });
  } catch (error) {
    status.textContent = form.dataset.broken;
    throw error;
  }
  if (turn !== asked) return;
  found = answer.results; shown = 0; more.hidden = true;
  const count = found.length;
  status.textContent = !count ? form.dataset.none : count === 1 ? form.dataset.one : say(form.dataset.some, { n: count });
  taking.hidden = !count;
  await showMore();
  if (!count) { list.replaceChildren(); list.hidden = true; }
  if (turn !== asked) return;
  if (facetsWanted) showFacets(answer.filters);
  else await loadFacets(turn);
};

// ---- facets come after the first results, so that these needn't wait for them

const loadFacets = async (turn) => {
  const pagefind = await start();
  await pagefind.filters();
  facetsWanted = true;
  if (turn === asked) await search();
};

const counted = (name, filters) => {
  const counts = new Map();
  if (name === "section") {
    for (const [kind, n] of Object.entries(filters.kind ?? {})) counts.set(sections[kind], (counts.get(sections[kind]) ?? 0) + n);
  } else for (const [value, n] of Object.entries(filters[name] ?? {})) counts.set(value, n);
  for (const value of chosen(name)) if (!counts.has(value)) counts.set(value, 0);
  const rows = [...counts].filter(([value, n]) => n || chosen(name).includes(value));
  return name === "year" ? rows.sort((a, b) => b[0].localeCompare(a[0], "en", { numeric: true }) || 0)
    : rows.sort((a, b) => b[1] - a[1] || label(name, a[0]).localeCompare(label(name, b[0])));
};

const box = (parent, name, value, n) => {
  const line = add(parent, "li"), wrap = add(line, "label"), input = add(wrap, "input", "", { type: "checkbox", name, value });
  input.checked = chosen(name).includes(value);
  wrap.append(" ", label(name, value));
  add(line, "span", String(n), { class: "n" });
};

const showFacets = (filters, empty = false) => {
  const at = document.activeElement?.name && facets.contains(document.activeElement) ? [document.activeElement.name, document.activeElement.value] : null;
  const open = new Set([...facets.querySelectorAll("details[open]")].map((part) => part.dataset.name));
  facets.replaceChildren();
  facets.hidden = empty;
  if (empty) return;
  for (const name of FACETS) {
    const rows = counted(name, filters);
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
  if (!facetsWanted) for (const name of FACETS) for (const value of chosen(name)) query.append(name, value);
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
