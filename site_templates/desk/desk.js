// Gathers what a curator decides into a block of YAML for curation/decisions/NAME.yaml. Nothing is sent; texts never become markup.
"use strict";
const $ = (id) => document.getElementById(id);
const basket = $("basket"), said = $("said");

// ---- what was decided: kept in this browser until it is cleared, where the browser lets a page keep anything

const KEY = document.body.dataset.store;
const stored = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
const keep = (key, value) => { try { localStorage.setItem(key, value); } catch { /* it stays on this page */ } };
const read = () => { try { return JSON.parse(stored(KEY)) || []; } catch { return []; } };
let decisions = read();

// Of two decisions on the same thing the later counts: each bears a later second than all that stand and all before it.
const moment = () => {
  const times = [Date.now(), Date.parse(document.body.dataset.last) + 1000, ...decisions.map((d) => Date.parse(d.when) + 1000)];
  return new Date(Math.max(...times.filter(Number.isFinite))).toISOString().replace(/\.\d+Z$/, "Z");
};

// `key` says what a decision is about: a new one takes the place of the one that was noted under the same key.
const note = (made) => {
  decisions = decisions.filter((d) => d.key !== made.key);
  decisions.push({ ...made, when: moment() });
  save();
};
const drop = (key) => { decisions = decisions.filter((d) => d.key !== key); save(); };
const save = () => { keep(KEY, JSON.stringify(decisions)); show(); };
addEventListener("storage", (event) => { if (event.key === KEY) { decisions = read(); show(); } });

// ---- YAML: words stand bare, all else as a JSON string, which YAML reads as it is

const clean = (text) => String(text ?? "").replace(/[\p{Cc}\p{Cs}\p{Cn}\u200b\u2028-\u202e\u2060-\u206f\ufeff]+/gu, " ").replace(/\s+/g, " ").trim();
const WORD = /^[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*$/, NOT_TEXT = /^(true|false|null|yes|no|on|off|y|n)$/i;
const scalar = (value) => {
  if (value === null) return "null";
  const text = clean(value);
  return WORD.test(text) && !NOT_TEXT.test(text) ? text : JSON.stringify(text);
};
const list = (values) => `[${values.map(scalar).join(", ")}]`;
const record = (pairs) => `{${pairs.map(([name, value]) => `${name}: ${value}`).join(", ")}}`;
const scalars = (pairs) => record(pairs.map(([name, value]) => [name, scalar(value)]));

// One line a decision, as the commands write them too: git then keeps the lines of two branches.
const item = (made) => {
  const pairs = [["entry", scalar(made.entry)], ["action", made.action]];
  if (made.into) pairs.push(["into", scalar(made.into)]);
  for (const name of ["topics", "countries"]) {
    const signs = ["add", "remove"].filter((sign) => made[name]?.[sign].length);
    if (signs.length) pairs.push([name, record(signs.map((sign) => [sign, list(made[name][sign])]))]);
  }
  const fields = Object.entries(made.fields ?? {}).map(([name, value]) => [name, Array.isArray(value) ? list(value) : scalar(value)]);
  if (made.steps) fields.push(["steps", record(made.steps.map(([sign, step]) => [sign, `[${scalars(step)}]`]))]);
  if (fields.length) pairs.push(["fields", record(fields)]);
  pairs.push(["when", scalar(made.when)]);
  if (clean(made.why)) pairs.push(["why", scalar(made.why)]);
  return `- ${record(pairs)}\n`;
};
const block = () => [...decisions].sort((a, b) => (a.when < b.when ? -1 : 1)).map(item).join("");

// ---- the bar at the foot

const told = (made) => {
  const what = said.dataset[made.word ?? made.action] ?? made.action;
  return made.into ? `${what} ${made.into}` : what;
};
const button = (text, action) => {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.addEventListener("click", action);
  return made;
};

const show = () => {
  const count = $("basket-count"), { none, one, many } = count.dataset;
  count.textContent = decisions.length === 0 ? none : decisions.length === 1 ? one : many.replace("{n}", decisions.length);
  $("basket-yaml").value = block();
  $("basket-copy").disabled = $("basket-download").disabled = $("basket-clear").disabled = decisions.length === 0;
  $("basket-list").replaceChildren(...decisions.map((made) => {
    const line = document.createElement("li");
    line.append(`${made.title}: ${told(made)}`, button(said.dataset.undo, () => drop(made.key)));
    return line;
  }));
  file();
  for (const place of document.querySelectorAll(".case, .pair-box")) mark(place);
};

const file = () => {
  const link = $("basket-file"), named = $("basket-name");
  const name = named.checkValidity() && named.value ? named.value : "NAME";
  const path = `${link.dataset.folder}${name}.yaml`, edit = document.body.dataset.edit;
  link.firstElementChild.textContent = path;
  if (edit && name !== "NAME") link.href = edit.replace("{path}", path);
  else link.removeAttribute("href");
};

// Say beside an entry or a pair what was noted about it, and which of its buttons are pressed.
const mark = (place) => {
  const keys = keysOf(place), mine = decisions.filter((made) => keys.includes(made.key));
  place.classList.toggle("is-noted", mine.length > 0);
  for (const act of own(place, "[data-act]")) {
    const pressed = mine.some((made) => made.word === act.dataset.act && (!act.dataset.from || made.from === act.dataset.from));
    if (act.dataset.act !== "change") act.setAttribute("aria-pressed", pressed);
  }
  const noted = own(place, ".noted")[0];
  if (!noted) return;
  noted.replaceChildren(...mine.flatMap((made) => [
    `${told(made)}${clean(made.why) ? ` (${clean(made.why)})` : ""}`, button(said.dataset.undo, () => drop(made.key)),
  ]));
};
// What belongs to this place itself and not to a pair inside it.
const own = (place, selector) => [...place.querySelectorAll(selector)].filter((each) => each.closest(".pair-box, .case") === place);

const pairKey = (one, other) => `${[one, other].sort().join(" ")} pair`;
const stepKey = (data) => `${data.entry} step ${data.stepStage} ${data.stepDate}`;
const keysOf = (place) => {
  const { entry, one, other, into, stepStage } = place.dataset;
  if (one) return [pairKey(one, other)];
  if (into) return [pairKey(entry, into)];
  if (stepStage) return [stepKey(place.dataset)];
  return entry ? ["status", "tag", "set", "look"].map((what) => `${entry} ${what}`) : [];
};

// ---- the buttons

const status = (place, action, why = "") => {
  const { entry, title } = place.dataset;
  note({ key: `${entry} status`, title, entry, action, word: action, why });
};
const pair = (place, action, from) => {
  const { one, other, oneTitle, otherTitle } = place.dataset;
  const [entry, into, title] = from === "other" ? [other, one, otherTitle] : [one, other, oneTitle];
  note({ key: pairKey(one, other), title, entry, into, action, word: action, from });
};
const step = (place, isOne) => {
  const data = place.dataset, date = own(place, "[name=step-date]")[0];
  if (isOne && (!date.value || !date.reportValidity())) { date.required = true; date.reportValidity(); return; }
  const day = isOne ? date.value : data.stepDate, of = (name, value) => (value ? [[name, value]] : []);
  const dated = (date_) => [...of("date", date_), ["stage", data.stepStage]];
  const made = [...dated(day), ...of("what", data.stepQuote), ...of("url", data.stepUrl), ...of("quote", data.stepQuote), ...of("snapshot", data.stepSnapshot)];
  const steps = isOne ? [["add", made]] : [];
  if (!isOne || day !== data.stepDate) steps.push(["remove", dated(data.stepDate)]);  // of another day: the one reported is none
  note({ key: stepKey(data), title: data.title, entry: data.entry, action: "set", word: isOne ? "step" : "nostep", steps });
};

const undoOr = (act, key, action) => (act.getAttribute("aria-pressed") === "true" ? drop(key) : action());
const ACTS = {
  accept: (place, act) => undoOr(act, `${place.dataset.entry} status`, () => status(place, "accept")),
  restore: (place, act) => undoOr(act, `${place.dataset.entry} status`, () => status(place, "restore")),
  reject: (place, act) => undoOr(act, `${place.dataset.entry} status`, () => open(place, act, "reject-form", (form) => {
    status(place, "reject", form.elements.why.value);
  })),
  verify: (place, act) => undoOr(act, `${place.dataset.entry} look`, () => {
    const { entry, title } = place.dataset;
    note({ key: `${entry} look`, title, entry, action: "verify", word: "verify" });
  }),
  change: (place, act) => open(place, act, "change-form", (form) => change(place, form), fill),
  merge: (place, act) => undoOr(act, keysOf(place)[0], () => pair(place, "merge", act.dataset.from)),
  unmerge: (place, act) => undoOr(act, keysOf(place)[0], () => {
    const { entry, into, title } = place.dataset;
    if (into) note({ key: pairKey(entry, into), title, entry, into, action: "unmerge", word: "unmerge" });
    else pair(place, "unmerge");
  }),
  step: (place, act) => undoOr(act, stepKey(place.dataset), () => step(place, true)),
  nostep: (place, act) => undoOr(act, stepKey(place.dataset), () => step(place, false)),
};

// ---- forms: a reason for rejecting, changes of fields

const open = (place, act, template, done, prepare = () => {}) => {
  const close = () => { place.querySelector(":scope > .note-form")?.remove(); act.setAttribute("aria-expanded", "false"); };
  if (act.getAttribute("aria-expanded") === "true") { close(); return; }
  place.querySelector(":scope > .note-form")?.remove();
  for (const other of own(place, "[aria-expanded]")) other.setAttribute("aria-expanded", "false");
  const form = $(template).content.firstElementChild.cloneNode(true);
  prepare(place, form);
  form.addEventListener("submit", (event) => { event.preventDefault(); close(); done(form); act.focus(); });
  form.querySelector("[data-cancel]").addEventListener("click", () => { close(); act.focus(); });
  form.addEventListener("keydown", (event) => { if (event.key === "Escape") { close(); act.focus(); } });
  act.closest(".acts").after(form);
  act.setAttribute("aria-expanded", "true");
  form.querySelector("input, select").focus();
};

const words = (text) => [...new Set(text.split(/[\s,;]+/).filter(Boolean))];
const FIELDS = { kind: "kind", level: "level", stage: "stage", date: "date", title_en: "titleEn", url: "url" };

// An entry's tags with what was noted about them.
const tagged = (place, tag, name) => {
  const { add = [], remove = [] } = tag?.[name] ?? {};
  return [...words(place.dataset[name]), ...add].filter((each) => !remove.includes(each));
};

// The form shows the entry as it stands with what was noted already, so that it can be changed again.
const fill = (place, form) => {
  const { entry } = place.dataset, noted = decisions.find((d) => d.key === `${entry} set`)?.fields ?? {};
  const tag = decisions.find((d) => d.key === `${entry} tag`);
  for (const [field, name] of Object.entries(FIELDS)) form.elements[field].value = (field in noted ? noted[field] : place.dataset[name]) ?? "";
  form.elements.countries.value = tagged(place, tag, "countries").join(" ");
  for (const tick of form.elements.topics) tick.checked = tagged(place, tag, "topics").includes(tick.value);
};

const change = (place, form) => {
  const ticked = [...form.elements.topics].filter((each) => each.checked).map((each) => each.value);
  const fields = {};
  for (const [field, name] of Object.entries(FIELDS)) {
    const value = clean(form.elements[field].value);
    if (value !== (place.dataset[name] ?? "")) fields[field] = value || null;
  }
  noteChanges(place, fields, { topics: ticked, countries: words(form.elements.countries.value) }, form.elements.why.value);
};

// Note what differs from the entry as it stands; what differs no more is taken back.
const noteChanges = (place, fields, tags, why = "") => {
  const { entry, title } = place.dataset, made = {};
  for (const [name, now] of Object.entries(tags)) {
    const before = words(place.dataset[name]);
    const add = now.filter((each) => !before.includes(each)), remove = before.filter((each) => !now.includes(each));
    if (add.length || remove.length) made[name] = { add, remove };
  }
  if (Object.keys(made).length) note({ key: `${entry} tag`, title, entry, action: "tag", word: "tag", why, ...made });
  else drop(`${entry} tag`);
  if (Object.keys(fields).length) note({ key: `${entry} set`, title, entry, action: "set", word: "set", why, fields });
  else drop(`${entry} set`);
};

// The short form of an entry that lacks something: what is filled in is added, what stays empty stays as it is or was noted.
const filled = (form) => {
  const place = form.closest(".case"), { entry } = place.dataset;
  const fields = { ...decisions.find((d) => d.key === `${entry} set`)?.fields };
  const tag = decisions.find((d) => d.key === `${entry} tag`);
  const tags = Object.fromEntries(["topics", "countries"].map((name) => [name, tagged(place, tag, name)]));
  for (const name of ["date", "title_en", "url"]) {
    const value = clean(form.elements[name]?.value);
    if (value) fields[name] = value;
  }
  const topics = [...(form.elements.topics?.selectedOptions ?? [])].map((option) => option.value);
  tags.topics = [...new Set([...tags.topics, ...topics])];
  tags.countries = [...new Set([...tags.countries, ...words(form.elements.countries?.value ?? "")])];
  noteChanges(place, fields, tags);
};

// A day that no calendar has (30 February) is refused before it is noted.
const isDay = (text) => !/^\d{4}-\d{2}-\d{2}$/.test(text) || new Date(`${text}T00:00:00Z`).toISOString?.().startsWith(text);
const checkDay = (input) => {
  let fits = true;
  try { fits = isDay(input.value.trim()); } catch { fits = false; }
  input.setCustomValidity(fits ? "" : said.dataset.noday);
};

if (basket) {
  basket.hidden = false;
  $("by-hand").hidden = true;
  for (const acts of document.querySelectorAll(".acts")) acts.hidden = false;
  document.addEventListener("click", (event) => {
    const act = event.target.closest("[data-act]");
    if (act) ACTS[act.dataset.act](act.closest(".pair-box, .case"), act);
  });
  document.addEventListener("input", (event) => { if (event.target.name?.endsWith("date")) checkDay(event.target); });
  for (const form of document.querySelectorAll("form.fill")) {
    form.addEventListener("submit", (event) => { event.preventDefault(); filled(form); });
  }
  $("basket-show").addEventListener("click", () => {
    const body = $("basket-body");
    body.hidden = !body.hidden;
    $("basket-show").setAttribute("aria-expanded", !body.hidden);
  });
  $("basket-copy").addEventListener("click", async () => {
    const copy = $("basket-copy"), before = copy.dataset.before ??= copy.textContent, yaml = $("basket-yaml");
    try {
      await navigator.clipboard.writeText(yaml.value);
      copy.textContent = copy.dataset.done;
    } catch {  // some browsers let no file opened from disk write there: the block is selected, the key is the curator's
      $("basket-body").hidden = false;
      $("basket-show").setAttribute("aria-expanded", "true");
      yaml.focus();
      yaml.select();
      copy.textContent = copy.dataset.hand;
    }
    setTimeout(() => { copy.textContent = before; }, 2500);
  });
  $("basket-download").addEventListener("click", () => {
    const link = document.createElement("a"), named = $("basket-name");
    link.href = URL.createObjectURL(new Blob([block()], { type: "text/yaml" }));
    link.download = `${(named.checkValidity() && named.value) || "decisions"}.yaml`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
  $("basket-clear").addEventListener("click", () => {
    const clear = $("basket-clear"), before = clear.dataset.before ??= clear.textContent;
    if (clear.textContent === before) {
      clear.textContent = clear.dataset.sure;
      setTimeout(() => { clear.textContent = before; }, 3000);
      return;
    }
    clear.textContent = before;
    decisions = [];
    save();
  });
  $("basket-name").value = stored(`${KEY} name`) ?? "";
  $("basket-name").addEventListener("input", () => { keep(`${KEY} name`, $("basket-name").value); file(); });
  show();
}
