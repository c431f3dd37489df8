// Makes a library record out of the form, in the browser; nothing is sent.
"use strict";
const form = document.getElementById("suggest"), snippet = document.getElementById("snippet");

const quoted = (text) => JSON.stringify(text);  // a JSON string is a YAML string
const listed = (text, by) => text.split(by).map((part) => part.trim()).filter(Boolean);

const record = () => {
  const value = (name) => form.elements[name].value.trim();
  const topics = [...form.elements.topics.selectedOptions].map((option) => option.value);
  const lines = [["kind", value("kind")], ["title", quoted(value("title"))]];
  const creators = listed(value("creators"), ";"), countries = listed(value("countries").toUpperCase(), /[\s,;]+/);
  if (creators.length) lines.push(["creators", `[${creators.map(quoted).join(", ")}]`]);
  for (const name of ["publisher", "url"]) if (value(name)) lines.push([name, quoted(value(name))]);
  if (value("date")) lines.push(["date", `'${value("date").replaceAll("'", "")}'`]);
  if (value("language")) lines.push(["language", quoted(value("language"))]);
  if (countries.length) lines.push(["countries", `[${countries.map(quoted).join(", ")}]`]);
  if (topics.length) lines.push(["topics", `[${topics.join(", ")}]`]);
  if (value("summary")) lines.push(["summary", quoted(value("summary"))]);
  return lines.map(([name, text], number) => `${number ? "  " : "- "}${name}: ${text}`).join("\n") + "\n";
};

const show = () => { snippet.textContent = record(); };
form.addEventListener("input", show);
form.addEventListener("submit", (event) => event.preventDefault());
for (const part of [form, snippet, document.getElementById("snippet-title")]) part.hidden = false;
show();
