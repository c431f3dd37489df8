// Shows the reader's own list, or one that a link shares; takes it out as a file. Kept in this browser, never sent.
"use strict";
const { add, byOf, dateOf, exporting, idsIn, keep, kept, parts, say } = await import("./works.js" + new URL(import.meta.url).search);

const page = document.getElementById("own"), root = page.dataset.root, list = document.getElementById("works");
const status = document.getElementById("held"), taking = document.getElementById("taking"), link = document.getElementById("share");
const shared = idsIn(new URLSearchParams(location.hash.slice(1)).get("ids") ?? new URLSearchParams(location.search).get("ids"));
let turn = 0;

const ids = () => shared.length ? shared : kept();

const row = (work) => {
  const item = add(list, "li"), what = (add(item, "div", dateOf(work) || page.dataset.undated, { class: "when" }), add(item, "div", "", { class: "what" }));
  add(what, "p", byOf(work), { class: "by" });
  add(add(what, "h2"), "a", work.title, { href: `${root}entries/${work.id}/`, lang: work.language, dir: "auto" });
  if (work.custom?.title_en) add(what, "p", work.custom.title_en, { class: "english", lang: "en" });
};

const show = async () => {
  const mine = ++turn, wanted = ids(), works = await parts(root, wanted, "json");
  if (mine !== turn) return;
  list.replaceChildren();
  for (const work of works) row(work);
  const say_ = shared.length ? page.dataset.shared : page.dataset.some;
  status.textContent = works.length ? say(say_, { n: works.length }) : page.dataset.none;
  if (works.length < wanted.length) status.textContent += " " + say(page.dataset.gone, { n: wanted.length - works.length });
  taking.hidden = list.hidden = !works.length;
  document.getElementById("adopt").hidden = !shared.length;
  document.getElementById("clear").hidden = Boolean(shared.length) || !works.length;
  document.getElementById("sharing").hidden = !works.length;
  link.value = `${location.origin}${location.pathname}#ids=${wanted.join(",")}`;
  dispatchEvent(new CustomEvent("rows"));
};

document.getElementById("adopt").addEventListener("click", () => { keep(shared); location.assign(location.pathname); });
document.getElementById("clear").addEventListener("click", () => { if (confirm(page.dataset.sure)) keep(kept(), false); });
document.getElementById("copy").addEventListener("click", async (event) => {
  link.select();
  await navigator.clipboard?.writeText(link.value);
  event.target.textContent = event.target.dataset.done;
});
addEventListener("kept", () => { if (!shared.length) show(); });
addEventListener("storage", show);
addEventListener("hashchange", () => location.reload());
exporting(taking, root, "list", async () => ids());
page.hidden = false;
show();
