// node --test tests/
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const source = readFileSync(new URL("../addresses.js", import.meta.url), "utf8");
const made = (domain) => new Function(`${source.replace("${domain}", domain)}; return handler;`)();
const handler = made("shop.example.com");

const ask = (uri, { host = "shop.example.com", query } = {}) =>
  handler({ request: { method: "GET", uri, headers: { host: { value: host } }, rawQueryString: () => query } });

test("a page's address passes as it is", () => {
  for (const uri of ["/", "/de", "/de-chf/cart", "/cart/", "/products/tide-no-4", "/orders/0192f0c1-7a2b/pay", "/apis", "/a.b/c", "/old.html"]) {
    assert.equal(ask(uri).uri, uri, uri);
  }
});

test("a machine's address never answers a page", () => {
  for (const uri of ["/api", "/internal/orders", "/health/ready", "/metrics", "/webhooks", "/_portal/state"]) {
    const answer = ask(uri);
    assert.equal(answer.statusCode, 404, uri);
    assert.equal(JSON.parse(answer.body).status, 404);
    assert.equal(answer.headers["cache-control"].value, "no-store");
  }
});

test("without a domain no host moves", () => {
  const request = { method: "GET", uri: "/cart", headers: { host: { value: "d1.cloudfront.net" } }, rawQueryString: () => "" };
  assert.equal(made("")({ request }).uri, "/cart");
});

test("another host moves to the store's address, with path and query", () => {
  const answer = ask("/products/a", { host: "www.shop.example.com", query: "currency=EUR&x=%26" });
  assert.equal(answer.statusCode, 301);
  assert.equal(answer.headers.location.value, "https://shop.example.com/products/a?currency=EUR&x=%26");
  const bare = ask("//evil.example/", { host: "d1.cloudfront.net" });
  assert.equal(bare.headers.location.value, "https://shop.example.com//evil.example/");
});

test("case and port of the host do not send a browser in circles", () => {
  assert.equal(ask("/cart", { host: "SHOP.example.com:443" }).uri, "/cart");
});
