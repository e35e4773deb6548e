// Stripe's Payment Element on the payment page. Card data goes from the browser to Stripe, never through the shop.
"use strict";

const data = JSON.parse(document.getElementById("payment-data").textContent);
const stripe = Stripe(data.publishable_key);
const elements = stripe.elements({ clientSecret: data.client_secret });
const form = document.getElementById("payment-form");
const problem = document.getElementById("payment-problem");
const button = form.querySelector("button");

elements.create("payment").mount("#payment-element");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  button.disabled = true;
  problem.hidden = true;
  const { error } = await stripe.confirmPayment({ elements, confirmParams: { return_url: form.dataset.returnUrl } });
  // Only reached when it could not be confirmed: otherwise the browser is on its way.
  problem.textContent = error.message;
  problem.hidden = false;
  button.disabled = false;
});
