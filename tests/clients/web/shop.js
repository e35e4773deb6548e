// Every call that a small front end makes, by fetch alone; it runs in a browser as it does in node.

export class Refused extends Error {
  /** @param {{type: string, errors: {code: string, detail: string, attr: string | null}[], context?: object}} refusal */
  constructor(status, refusal) {
    super(refusal.errors.map((each) => each.detail).join(" "));
    this.status = status;
    this.codes = refusal.errors.map((each) => each.code);
    this.fields = Object.fromEntries(refusal.errors.map((each) => [each.attr ?? "", each.detail]));
    this.context = refusal.context ?? {};
  }
}

export class Shop {
  constructor(api) {
    this.api = api;
    this.accessToken = "";
  }

  async call(method, path, body, headers = {}) {
    const sent = { Accept: "application/json", ...headers };
    if (body !== undefined) sent["Content-Type"] = "application/json";
    if (this.accessToken) sent.Authorization = `Bearer ${this.accessToken}`;
    const answer = await fetch(this.api + path, { method, headers: sent, body: body && JSON.stringify(body) });
    const data = answer.status === 204 ? null : await answer.json();
    if (!answer.ok) throw new Refused(answer.status, data);
    return data;
  }

  // The list

  products(filters = {}) {
    return this.call("GET", `products/?${new URLSearchParams(filters)}`);
  }

  product(slug) {
    return this.call("GET", `products/${encodeURIComponent(slug)}/`);
  }

  // The basket: its UUID is all that a guest needs, so keep it (localStorage) and show it to nobody

  newBasket(country) {
    return this.call("POST", "baskets/", { country });
  }

  basket(uuid) {
    return this.call("GET", `baskets/${uuid}/`);
  }

  add(uuid, sku, quantity = 1) {
    return this.call("POST", `baskets/${uuid}/lines/`, { variant: sku, quantity });
  }

  change(uuid, line, quantity) {
    return this.call("PATCH", `baskets/${uuid}/lines/${line}/`, { quantity });
  }

  enter(uuid, code) {
    return this.call("POST", `baskets/${uuid}/coupons/`, { code });
  }

  // The checkout

  checkout(uuid) {
    return this.call("GET", `baskets/${uuid}/checkout/`);
  }

  fill(uuid, fields) {
    return this.call("PATCH", `baskets/${uuid}/checkout/`, fields);
  }

  /** One key for one intention: make it when the button is shown, and use the same when the answer was lost. */
  order(uuid, total, key) {
    const headers = { "Idempotency-Key": key };
    return this.call("POST", `baskets/${uuid}/checkout/complete/`, { expected_total: total }, headers);
  }

  // The order of a guest, by the token that came with it

  orderOf(number, token) {
    return this.call("GET", `orders/${encodeURIComponent(number)}/`, undefined, { "Tradepost-Token": token });
  }

  // Who is signed in

  async signIn(email, password, basket) {
    const tokens = await this.call("POST", "auth/token/", { email, password, basket });
    this.accessToken = tokens.access_token;
    return tokens;
  }

  orders() {
    return this.call("GET", "orders/");
  }
}
