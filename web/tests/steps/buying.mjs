// From the cart to a placed order: what is missing, what is lost on the way, what has become dearer.
import assert from "node:assert/strict";
import { look } from "../looking.mjs";

async function fillCart({ page, choose, drawer, follow, heading, press }) {
  await choose();
  await look(page, "drawer");
  await page.keyboard.press("Escape");
  await drawer().waitFor({ state: "detached" });
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Add to cart", "the focus comes back");
  await look(page, "product");
  await page.locator("#cart-link").click();
  await heading("Your cart");
  const total = page.locator(".sums .all dd");
  const before = await total.innerText();
  await press(/^One more/);
  await page.waitForFunction((text) => document.querySelector(".sums .all dd")?.textContent !== text, before);
  await page.reload();
  await heading("Your cart");
  assert.equal(await page.locator(".amount input").inputValue(), "2", "the cart is kept over a reload");
  await look(page, "cart");
  await follow("Check out");
}

export async function address({ page, heading, press, fillAddress }, email) {
  await heading("Check out");
  await press("Place the order and pay");
  await page.getByText("Please fill this in.").first().waitFor();
  await fillAddress("nobody@nowhere");
  await press("Place the order and pay");
  await page.locator("#email[aria-invalid=true]").waitFor(); // the shop's own refusal, beside its field
  await look(page, "checkout");
  await page.reload();
  await heading("Check out");
  assert.equal(await page.getByLabel("Full name").inputValue(), "Ada Lovelace", "what was typed is kept over a reload");
  await page.getByLabel("E-mail address").fill(email);
  await press("Place the order and pay");
}

export async function guestBuys(walk) {
  const { page, base, me, heading, pay } = walk;
  await fillCart(walk);
  await address(walk, `guest-${me.email}`);
  await heading(/^Pay/);
  await pay("4242 4242 4242 4242");
  await heading("Thank you. It is yours.");
  assert.ok(!page.url().includes("secret"), "the payment's secret is gone from the address bar");
  await look(page, "order-paid");
  await page.reload();
  await heading("Thank you. It is yours.");
  await page.goto(`${base}/orders`);
  await page.getByText("Paid", { exact: true }).first().waitFor();
  await look(page, "orders-guest");
}

export async function answerIsLost({ page, base, me, choose, fillAddress, press, heading }) {
  await choose();
  await page.goto(`${base}/checkout`);
  const keys = [];
  await page.route("**/api/v1/orders", async (route) => {
    keys.push(route.request().headers()["idempotency-key"]);
    assert.equal((await route.fetch()).status(), 201, "the shop places the order, whatever becomes of its answer");
    await route.abort();
  });
  await fillAddress(`lost-${me.email}`);
  await page.getByRole("button", { name: "Place the order and pay" }).dblclick();
  await page.getByText("you will not order twice").waitFor();
  await press("Place the order and pay");
  await page.waitForFunction(() => document.querySelector("form .primary[aria-disabled]") === null);
  assert.ok(keys.length === 2 && keys[0] === keys[1], `one key for one order: ${keys}`);
  await page.unroute("**/api/v1/orders");
  await page.reload(); // the cart is used up: the page finds the order by its key, and goes on to pay it
  await page.waitForURL(/\/pay$/);
  await page.goBack();
  await heading("Waiting for your payment");
  await press("Cancel the order");
  await heading("This order was cancelled");
  await page.locator(".count").waitFor(); // what was in it is back in the guest's cart
  await page.goto(`${base}/cart`);
  await press(/^Take out/);
  await heading("Your cart is empty");
}

export async function priceRises({ page, base, me, choose, fillAddress, press, heading }) {
  await choose();
  // What the person sees is a cent less than what the shop asks by now, until an order was refused for it.
  const prices = /\/api\/v1\/(cart|checkout\/calculations)$/;
  let refused = false;
  const onRefusal = (answer) => (refused ||= answer.url().endsWith("/api/v1/orders") && answer.status() === 409);
  page.on("response", onRefusal);
  await page.route(prices, async (route) => {
    const answer = await route.fetch();
    const shown = await answer.json();
    const less = (sum) => ({ ...sum, amount: sum.amount - (refused ? 0 : 1) });
    await route.fulfill({
      response: answer,
      json: { ...shown, total: less(shown.total), subtotal: less(shown.subtotal) },
    });
  });
  await page.goto(`${base}/checkout`);
  await heading("Check out");
  const total = page.locator(".sums .all dd");
  const before = await total.innerText();
  await fillAddress(`price-${me.email}`);
  await press("Place the order and pay");
  await page.getByText("The price has changed").waitFor();
  assert.notEqual(await total.innerText(), before, "the new total is shown beside the form");
  await look(page, "price-changed");
  await page.unroute(prices);
  page.off("response", onRefusal);
  await press("Place the order and pay");
  await page.waitForURL(/\/pay$/); // at the new price, once it was seen
  await page.goBack();
  await heading("Waiting for your payment");
  await press("Cancel the order");
  await heading("This order was cancelled");
  await page.goto(`${base}/cart`);
  await press(/^Take out/);
  await heading("Your cart is empty");
}
