// A visit, from the list to the order and the account; prints what a page would show.
import { Refused, Shop } from "./shop.js";

const [api, user, password, coupon = "TEN"] = process.argv.slice(2);
const shop = new Shop(api);
const shown = {};

const { count, results } = await shop.products({ in_stock: "true", ordering: "price" });
shown.list = [count, results[0].name];
const { variants } = await shop.product(results[0].slug);
const { sku } = variants.find((each) => each.in_stock);

const { uuid } = await shop.newBasket("DE");
let basket = await shop.add(uuid, sku, 3);
basket = await shop.change(uuid, basket.lines[0].uuid, 2);
shown.basket = [basket.lines[0].quantity, basket.totals.total.amount];

try {
  await shop.add(uuid, sku, 1000);
} catch (refused) {
  if (!(refused instanceof Refused)) throw refused;
  shown.refused = [refused.status, refused.codes[0]];
}
basket = await shop.enter(uuid, coupon);
shown.coupon = basket.coupons;

const asked = await shop.checkout(uuid);
shown.missing = asked.requirements.map((each) => each.code);
const checkout = await shop.fill(uuid, {
  email: "ada@example.com",
  shipping_address: { name: "Ada Byron", line1: "Main St 1", postcode: "10115", city: "Berlin", country: "DE" },
  shipping_method: asked.shipping_methods.find((each) => each.available).code,
  payment_method: asked.payment_methods.find((each) => each.available).code,
});
shown.total = checkout.totals.total.amount;

const key = crypto.randomUUID();
const placed = await shop.order(uuid, checkout.totals.total, key);
const again = await shop.order(uuid, checkout.totals.total, key); // as if the first answer had been lost
shown.once = placed.order.number === again.order.number;
shown.order = (await shop.orderOf(placed.order.number, placed.token)).stage;

const second = await shop.newBasket("DE");
await shop.add(second.uuid, sku);
await shop.signIn(user, password, second.uuid);
shown.orders = (await shop.orders()).count;
shown.own = (await shop.call("GET", "basket/")).lines.length;

console.log(JSON.stringify(shown));
