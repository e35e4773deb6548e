// Razorpay's checkout on the payment page. What it brings back is verified by the shop's server, and not believed before.
"use strict";

const data = JSON.parse(document.getElementById("payment-data").textContent);
const form = document.getElementById("payment-form");

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const back = (answer) => window.location.assign(`${form.dataset.returnUrl}?${new URLSearchParams(answer)}`);
  new Razorpay({ ...data, handler: back }).open();
});
