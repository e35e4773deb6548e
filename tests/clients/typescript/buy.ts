import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

declare const process: { argv: string[] };

type Basket = components["schemas"]["Basket"];
type Refusal = components["schemas"]["Error"];

/** The answer, or an exception with what the shop says is wrong. */
function answered<T>({ data, error }: { data?: T; error?: Refusal }): T {
  if (data === undefined) {
    throw new Error(error?.errors.map((each) => `${each.code}: ${each.detail}`).join("; ") ?? "no answer");
  }
  return data;
}

const baseUrl = process.argv[2] ?? "http://127.0.0.1:8000";
const api = createClient<paths>({ baseUrl });

const { results } = answered(await api.GET("/api/v1/products/", { params: { query: { in_stock: true } } }));
const [card] = results;
if (card === undefined) throw new Error("The shop has nothing to sell.");

const product = answered(await api.GET("/api/v1/products/{slug}/", { params: { path: { slug: card.slug } } }));
const variant = product.variants[0];
if (variant === undefined) throw new Error("This can't be ordered.");

let basket: Basket = answered(await api.POST("/api/v1/baskets/", { body: { country: "DE" } }));
const path = { uuid: basket.uuid };
basket = answered(
  await api.POST("/api/v1/baskets/{uuid}/lines/", { params: { path }, body: { variant: variant.sku, quantity: 2 } }),
);

const checkout = answered(
  await api.PATCH("/api/v1/baskets/{uuid}/checkout/", {
    params: { path },
    body: {
      email: "ada@example.com",
      shipping_address: { name: "Ada Byron", line1: "Main St 1", postcode: "10115", city: "Berlin", country: "DE" },
      shipping_method: "parcel",
      payment_method: "card",
    },
  }),
);
if (!checkout.can_complete) throw new Error(checkout.requirements.map((each) => each.detail).join(" "));

const { total } = checkout.totals;
if (total === null) throw new Error("The total isn't known yet.");

const { order, payment } = answered(
  await api.POST("/api/v1/baskets/{uuid}/checkout/complete/", {
    params: { path, header: { "Idempotency-Key": crypto.randomUUID() } },
    body: { expected_total: total },
  }),
);

// A basket that was ordered takes nothing more.
const refused = await api.POST("/api/v1/baskets/{uuid}/lines/", {
  params: { path },
  body: { variant: variant.sku, quantity: 1 },
});

console.log(
  JSON.stringify({
    product: card.name,
    units: basket.lines[0]?.quantity,
    total: order.total.amount,
    paid: payment?.status,
    stage: order.stage,
    refused: refused.error?.errors[0]?.code,
  }),
);
