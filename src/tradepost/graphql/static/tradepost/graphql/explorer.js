// Sends a document and shows its answer; lists the schema, which it asks for by introspection.
"use strict";

const byId = (id) => document.getElementById(id);
const { address, csrf } = document.body.dataset;

async function send(body) {
  const headers = { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrf };
  const token = byId("token").value.trim();
  if (token) headers.Authorization = `Bearer ${token}`;
  const answer = await fetch(address, { method: "POST", headers, body: JSON.stringify(body) });
  return { status: answer.status, body: await answer.json() };
}

async function run() {
  const status = byId("status");
  let variables;
  try {
    variables = JSON.parse(byId("variables").value || "{}");
  } catch (error) {
    status.textContent = `Variables: ${error.message}`;
    return;
  }
  status.textContent = "…";
  const start = performance.now();
  try {
    const answer = await send({ query: byId("document").value, variables });
    status.textContent = `${answer.status}, ${Math.round(performance.now() - start)} ms`;
    byId("answer").textContent = JSON.stringify(answer.body, null, 2);
  } catch (error) {
    status.textContent = String(error.message);
  }
}

const TYPE = "kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";
const SCHEMA = `{ __schema { types {
  kind name description
  fields { name description type { ${TYPE} } args { name type { ${TYPE} } } }
  inputFields { name description type { ${TYPE} } }
  enumValues { name description }
} } }`;

function written(type) {
  if (type.kind === "NON_NULL") return `${written(type.ofType)}!`;
  return type.kind === "LIST" ? `[${written(type.ofType)}]` : type.name;
}

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

function entry(field) {
  const terms = [];
  const args = (field.args || []).map((each) => `${each.name}: ${written(each.type)}`).join(", ");
  const type = field.type ? `: ${written(field.type)}` : "";
  terms.push(element("dt", `${field.name}${args ? `(${args})` : ""}${type}`));
  if (field.description) terms.push(element("dd", field.description));
  return terms;
}

function shown(type, words) {
  const details = document.createElement("details");
  details.append(element("summary", type.name));
  if (type.description) details.append(element("p", type.description));
  const list = document.createElement("dl");
  const fields = type.fields || type.inputFields || type.enumValues || [];
  const named = fields.filter((field) => field.name.toLowerCase().includes(words));
  for (const field of type.name.toLowerCase().includes(words) ? fields : named) list.append(...entry(field));
  details.append(list);
  return details;
}

function filter(types) {
  const words = byId("search").value.trim().toLowerCase();
  const rank = (type) => ({ Query: 0, Mutation: 1 })[type.name] ?? 2;
  const matching = types.filter((type) => {
    const names = [type.name, ...(type.fields || []).map((field) => field.name)];
    return !words || names.some((name) => name.toLowerCase().includes(words));
  });
  matching.sort((one, other) => rank(one) - rank(other) || one.name.localeCompare(other.name));
  const list = matching.map((type) => shown(type, words));
  if (words && list.length <= 5) for (const details of list) details.open = true;
  byId("schema").replaceChildren(...list);
}

async function load() {
  const answer = await send({ query: SCHEMA });
  if (!answer.body.data) {
    byId("schema").textContent = answer.body.errors[0].message;
    return;
  }
  const types = answer.body.data.__schema.types.filter((type) => !type.name.startsWith("__"));
  byId("search").addEventListener("input", () => filter(types));
  filter(types);
}

byId("run").addEventListener("click", run);
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) run();
});
load();
