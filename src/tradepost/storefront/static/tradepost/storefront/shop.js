// Improvements only: the shop works without this file.
"use strict";

// A click on a small picture shows it large.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-picture]");
  if (!link) return;
  event.preventDefault();
  const large = document.querySelector(".gallery-main img");
  const small = link.querySelector("img");
  large.src = small.src;
  large.alt = small.alt;
});

// A form that must be sent once only: the second click of a double click does nothing.
document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-once]");
  if (!form) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});

// Back to a page kept by the browser: its forms may be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-once]")) delete form.dataset.sent;
});

// Filters that aren't in use are folded where there is little room.
const fold = () => {
  const narrow = window.matchMedia("(max-width: 55.99rem)").matches;
  for (const box of document.querySelectorAll(".filter-box:not([data-used])")) box.open = !narrow;
};
fold();
document.addEventListener("htmx:afterSwap", fold);

// After a step of the checkout: the first field that is wrong, else the heading of the step that is open now.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id !== "checkout") return;
  const target = event.target.querySelector("[aria-invalid=true]") || event.target.querySelector(".step.now h2");
  if (target) target.focus();
});

// Another country brings other fields of an address: what is typed until they are here is kept.
let typed = [];
document.addEventListener("htmx:beforeSwap", (event) => {
  const address = event.detail.target.closest(".address-fields");
  typed = address ? [...address.querySelectorAll("input")].map((input) => [input.id, input.value]) : [];
});
document.addEventListener("htmx:afterSwap", () => {
  for (const [id, value] of typed) {
    const input = document.getElementById(id);
    if (input) input.value = value;
  }
  typed = [];
});

// A password can be looked at while it is typed.
for (const input of document.querySelectorAll("input[data-show]")) {
  const button = document.createElement("button");
  const show = (shown) => {
    input.type = shown ? "text" : "password";
    button.textContent = shown ? input.dataset.hide : input.dataset.show;
  };
  button.type = "button";
  button.className = "link show";
  button.addEventListener("click", () => { show(input.type === "password"); input.focus(); });
  show(false);
  input.after(button);
  input.form.addEventListener("submit", () => show(false)); // so that browsers keep it as a password
}
