// Improvements only: the dashboard works without this file.
"use strict";

const typing = (target) => target.closest("input, textarea, select, [contenteditable]");

// Keys: / and ⌘K go to the search box, Escape leaves it; j and k go through a list, x chooses a row, Enter opens it.
document.addEventListener("keydown", (event) => {
  const box = document.getElementById("search");
  if (event.key === "k" && (event.metaKey || event.ctrlKey) && box) {
    event.preventDefault();
    box.focus();
    box.select();
    return;
  }
  if (event.key === "Escape") {
    const open = event.target.closest("details.me[open], details.more[open]");
    if (open) { open.open = false; open.querySelector("summary").focus(); }
    if (event.target.closest(".finder")) { document.getElementById("search-hits").replaceChildren(); box.focus(); }
    return;
  }
  if (event.target.closest(".finder") && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    const stops = [box, ...document.querySelectorAll("#search-hits a")];
    const next = stops[stops.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1)];
    if (next) { event.preventDefault(); next.focus(); }
    return;
  }
  if (typing(event.target) || event.metaKey || event.ctrlKey || event.altKey) return;
  if (event.key === "/" && box) { event.preventDefault(); box.focus(); return; }
  const links = [...document.querySelectorAll(".row-link")];
  const here = links.indexOf(document.activeElement);
  if ((event.key === "j" || event.key === "k") && links.length) {
    links[Math.max(0, Math.min(links.length - 1, here + (event.key === "j" ? 1 : -1)))].focus();
  } else if (event.key === "x" && here >= 0) {
    const tick = links[here].closest("tr").querySelector("input[name=row]");
    if (tick) { tick.checked = !tick.checked; count(); }
  }
});

// Menus close when one clicks elsewhere, and so do the hits.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.me[open], details.more[open]")) if (!menu.contains(event.target)) menu.open = false;
  if (!event.target.closest(".finder")) document.getElementById("search-hits")?.replaceChildren();
});

// Rows that are chosen: all of them at once, and several with shift.
let last = null;
const ticks = () => [...document.querySelectorAll("input[name=row]")];
const count = () => {
  const chosen = ticks().filter((tick) => tick.checked).length;
  const all = document.querySelector("[data-all]");
  if (all) { all.checked = chosen > 0 && chosen === ticks().length; all.indeterminate = chosen > 0 && !all.checked; }
};
document.addEventListener("click", (event) => {
  if (event.target.matches("[data-all]")) {
    for (const tick of ticks()) tick.checked = event.target.checked;
  } else if (event.target.matches("input[name=row]")) {
    const rows = ticks(), from = rows.indexOf(last), to = rows.indexOf(event.target);
    if (event.shiftKey && from >= 0) for (const tick of rows.slice(Math.min(from, to), Math.max(from, to) + 1)) tick.checked = event.target.checked;
    last = event.target;
    count();
  }
});

// A form that must be sent once only: the second click of a double click does nothing. Its key guards the rest.
document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-once]");
  if (!form || event.submitter?.value === "preview") return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});

// What was typed isn't lost by leaving the page.
const typed = new Set();
document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form?.matches("form.act")) return;
  typed.add(form);
  for (const note of document.querySelectorAll("[data-unsaved]")) note.hidden = false;
});
document.addEventListener("submit", (event) => typed.delete(event.target)); // what is typed in another form of the page is asked about
window.addEventListener("beforeunload", (event) => { if (typed.size) event.preventDefault(); });

// Back to a page kept by the browser: its forms may be sent again.
window.addEventListener("pageshow", () => { for (const form of document.querySelectorAll("form[data-once]")) delete form.dataset.sent; });

// An address says what was chosen, and nothing about the rest.
document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.verb !== "get") return;
  for (const [name, value] of Object.entries(event.detail.parameters)) if (value === "") delete event.detail.parameters[name];
});

// A preview says what is typed.
document.addEventListener("input", (event) => {
  for (const copy of document.querySelectorAll(`[data-mirror="${CSS.escape(event.target.name ?? "")}"]`)) copy.textContent = event.target.value;
});

// Long lists of boxes get a field that narrows them.
for (const block of document.querySelectorAll("[data-narrow]")) {
  const options = [...block.querySelectorAll(".options label")];
  if (options.length < 8) continue;
  const box = document.createElement("input");
  box.type = "search";
  box.className = "narrow-box";
  box.placeholder = box.ariaLabel = block.dataset.narrow;
  box.addEventListener("input", () => {
    const text = box.value.toLowerCase();
    for (const label of options) label.hidden = !label.textContent.toLowerCase().includes(text);
  });
  box.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  block.querySelector(".options").before(box);
}

// A sheet: arrows and Enter go up and down, a column that is pasted fills the cells below and beside it.
const below = (cell, rows, columns = 0) => {
  const row = cell.closest("tr"), all = [...row.closest("table").querySelectorAll("tr")].filter((tr) => tr.querySelector("input"));
  const target = all[all.indexOf(row) + rows]?.cells[cell.closest("td").cellIndex + columns];
  return target?.querySelector("input:not([type=checkbox])");
};
document.addEventListener("keydown", (event) => {
  if (!event.target.matches("[data-sheet] input:not([type=checkbox])")) return;
  const step = { ArrowDown: 1, ArrowUp: -1, Enter: 1 }[event.key];
  if (!step || event.metaKey || event.ctrlKey || event.altKey) return;
  event.preventDefault();
  const next = below(event.target, step);
  if (next) { next.focus(); next.select(); }
});
document.addEventListener("paste", (event) => {
  if (!event.target.matches("[data-sheet] input")) return;
  const rows = event.clipboardData.getData("text").replace(/\r?\n$/, "").split(/\r?\n/).map((line) => line.split("\t"));
  if (rows.length === 1 && rows[0].length === 1) return;
  event.preventDefault();
  rows.forEach((values, down) => values.forEach((value, across) => {
    const cell = below(event.target, down, across);
    if (cell) { cell.value = value; cell.dispatchEvent(new Event("input", { bubbles: true })); }
  }));
});
document.addEventListener("input", (event) => {
  if (event.target.matches("[data-sheet] input:not([type=checkbox])")) event.target.classList.toggle("changed", event.target.value !== event.target.defaultValue);
});

// Pictures are put into order by dragging, and files are dropped on their field.
let dragged = null;
document.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.("[data-drag] > li");
  dragged?.classList.add("dragged");
});
document.addEventListener("dragover", (event) => {
  const item = event.target.closest?.("[data-drag] > li");
  if (!dragged || !item || item === dragged) return;
  event.preventDefault();
  const items = [...item.parentNode.children];
  if (items.indexOf(item) > items.indexOf(dragged)) item.after(dragged); else item.before(dragged);
});
document.addEventListener("dragend", () => {
  dragged?.classList.remove("dragged");
  dragged?.querySelector("input[name=order]")?.dispatchEvent(new Event("input", { bubbles: true }));
  dragged = null;
});
