// A person's way through the shop, in a real browser, against a running store with the demo shop and the Stripe double.
// node walk.mjs [http://localhost:8080]; SHOTS=folder keeps a picture of every page.
import assert from "node:assert/strict";
import { open } from "./browser.mjs";
import { hands } from "./hands.mjs";
import { listen, look } from "./looking.mjs";

const base = (process.argv[2] ?? process.env.STORE_URL ?? "http://localhost:8080").replace(/\/$/, "");
const me = { email: `walker-${Date.now()}@example.com`, password: "a lamp beside the stairs" };
const complaints = [];
const browser = await open();
const context = await browser.newContext({ locale: "en-GB", ignoreHTTPSErrors: true });
context.setDefaultTimeout(15_000);
const page = await context.newPage();
// The browser itself reports every 4xx; these are answers that the walk asks for.
listen(
  page,
  complaints,
  (text, url) => /net::ERR_FAILED|status of (401|402|404|409|422)/.test(text) && /\/(api|pay)\//.test(url),
);

const { heading, press, follow, choose, fillAddress, pay } = hands(page, base);

async function keyboard() {
  await page.goto(base);
  await heading("Find something to live with.");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement?.id), "main", "the first stop skips to the content");
  const last = page.locator(".wall > li a").last();
  await last.focus();
  await page.waitForFunction(() => window.scrollY > 200);
  const height = await page.evaluate(() => window.scrollY);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Add to cart" }).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.localName), "h1", "a new page begins at its heading");
  await page.goBack();
  await page.locator(".wall").waitFor();
  await page.waitForFunction((before) => Math.abs(window.scrollY - before) < 5, height);
}

async function browse() {
  await page.goto(base);
  await heading("Find something to live with.");
  const cards = page.locator(".wall > li");
  const shown = await cards.count();
  assert.ok(shown > 0, "nothing is for sale");
  await look(page, "shelf");
  await press("Show more");
  await page.waitForFunction((before) => document.querySelectorAll(".wall > li").length > before, shown);
  await page.locator(".wall").evaluate((wall) => wall.setAttribute("data-old", ""));
  await page.getByLabel("Sort by").focus();
  await page.getByLabel("Sort by").selectOption("-price");
  await page.locator(".wall:not([data-old])").waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.id), "order", "the focus stays on what was chosen");
  await page.getByLabel("Search the shop").fill("zzzz nothing");
  await page.keyboard.press("Enter");
  await page.getByText("Nothing like that here").waitFor();
  await look(page, "search-empty");
  await press("See everything");
}

async function fillCart() {
  await choose();
  await look(page, "product");
  await follow("See your cart");
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

async function address(email) {
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

async function guestBuys() {
  await fillCart();
  await address(`guest-${me.email}`);
  await pay("4242 4242 4242 4242");
  await page.waitForURL(/\/orders\//);
  await heading("Thank you. It is yours.");
  assert.ok(!page.url().includes("secret"), "the payment's secret is gone from the address bar");
  await look(page, "order-paid");
  await page.reload();
  await heading("Thank you. It is yours.");
  await page.goto(`${base}/orders`);
  await page.getByText("Paid", { exact: true }).first().waitFor();
  await look(page, "orders-guest");
}

async function pictureFails() {
  await page.route("**/api/v1/media/**", (route) => route.abort());
  await page.goto(base);
  await page.locator(".print.bare").nth(3).waitFor();
  await look(page, "shelf-without-pictures");
  await page.unroute("**/api/v1/media/**");
}

async function shopFails() {
  await page.route("**/api/v1/products?**", (route) => route.abort());
  await page.goto(base);
  await page.getByText("The shop cannot be reached.").waitFor();
  await look(page, "shop-unreachable");
  await page.unroute("**/api/v1/products?**");
  await press("Try again");
  await heading("Find something to live with.");
}

async function answerIsLost() {
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
  await page.waitForURL(/\/pay\//);
  await page.goBack();
  await heading("Waiting for your payment");
  await press("Cancel the order");
  await heading("This order was cancelled");
  await page.locator(".count").waitFor(); // what was in it is back in the guest's cart
  await page.goto(`${base}/cart`);
  await press(/^Take out/);
  await heading("Your cart is empty");
}

/** The link in the mail to somebody, from the mailbox of the laptop's store. */
async function mailedLink(email) {
  for (let tries = 0; tries < 100; tries += 1) {
    const answer = await context.request.get(`${base}/mail/api/messages?to=${encodeURIComponent(email)}`);
    const link = /\S+\/account\/confirm#\S+/.exec((await answer.json()).items.map(({ text }) => text).join("\n"));
    if (link) return link[0];
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`no mail to ${email} holds a link`);
}

async function priceRises() {
  await choose();
  // What the person sees is a cent less than what the shop asks by now.
  await page.route("**/api/v1/cart", async (route) => {
    const answer = await route.fetch();
    const cart = await answer.json();
    await route.fulfill({ response: answer, json: { ...cart, total: cart.total - 1, subtotal: cart.subtotal - 1 } });
  });
  await page.goto(`${base}/checkout`);
  await heading("Check out");
  const total = page.locator(".sums .all dd");
  const before = await total.innerText();
  await page.unroute("**/api/v1/cart");
  await fillAddress(`price-${me.email}`);
  await press("Place the order and pay");
  await page.getByText("The price has changed").waitFor();
  assert.notEqual(await total.innerText(), before, "the new total is shown beside the form");
  await look(page, "price-changed");
  await press("Place the order and pay");
  await page.waitForURL(/\/pay\//); // at the new price, once it was seen
  await page.goBack();
  await heading("Waiting for your payment");
  await press("Cancel the order");
  await heading("This order was cancelled");
  await page.goto(`${base}/cart`);
  await press(/^Take out/);
  await heading("Your cart is empty");
}

async function joins() {
  await choose();
  await page.goto(`${base}/sign-up?next=/cart`);
  await page.getByLabel("E-mail address").fill(me.email);
  await look(page, "sign-up");
  await press("Send me the link");
  await page
    .getByText(/Check your mail|too fast/)
    .first()
    .waitFor();
  assert.ok(!(await page.getByText(/too fast/).count()), "the shop takes five such wishes an hour: walk again later");
  assert.equal(await page.evaluate(() => document.activeElement?.localName), "h1", "what comes next is at the heading");
  await look(page, "sign-up-sent");
  const link = await mailedLink(me.email);
  await page.goto(`${base}/account/confirm`);
  await heading("This link is not whole");
  await look(page, "confirm-broken");
  await page.goto(link);
  await heading("Confirm your address");
  assert.ok(!page.url().includes("#"), "the link's secret is gone from the address bar");
  await page.reload();
  await page.getByLabel("Choose a password").fill("12345678");
  await press("Make my account");
  await page.locator("#password[aria-invalid=true]").waitFor();
  await look(page, "confirm");
  await page.getByLabel("Choose a password").fill(me.password);
  await press("Make my account");
  await heading("Your cart");
  assert.equal(await page.locator(".lines > li").count(), 1, "the guest's cart came along");
  await page.reload();
  await page.getByRole("button", { name: "Sign out" }).waitFor();
  await follow("Check out");
}

async function changesTheirMind() {
  await address(me.email);
  await pay("4000 0000 0000 0002");
  await page.getByRole("alert").waitFor();
  await page.getByRole("link", { name: /without paying/ }).click();
  await heading("Waiting for your payment");
  await look(page, "order-open");
  await press("Cancel the order");
  await heading("This order was cancelled");
  await look(page, "order-cancelled");
}

async function leavesAndReturns() {
  await page.goto(`${base}/orders`);
  await page.getByText("Cancelled", { exact: true }).waitFor();
  await look(page, "orders");
  await press(/^Sign out/);
  await page.getByRole("link", { name: "Sign in" }).first().waitFor();
  const kept = (await context.cookies()).map(({ name }) => name).filter((name) => name.startsWith("__Host-"));
  assert.deepEqual(kept, ["__Host-device"], "who signs out leaves a browser that is known, and nothing else");
  await page.goto(`${base}/sign-in?next=/orders`);
  await page.getByLabel("E-mail address").fill(me.email);
  await page.getByLabel("Password").fill("not the password");
  await press("Sign in");
  await page.getByText("The e-mail address or the password is not right.").waitFor();
  await look(page, "sign-in");
  await page.getByLabel("Password").fill(me.password);
  await press("Sign in");
  await page.getByText("Cancelled", { exact: true }).waitFor();
}

async function getsLost() {
  await page.goto(`${base}/products/no-such-thing`);
  await heading("There is nothing here");
  await page.goto(`${base}/orders/0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c02`);
  await heading("We cannot show this order");
  await page.goto(`${base}/nowhere`);
  await heading("There is nothing here");
  await look(page, "missing");
  await page.goto(`${base}/cart`);
  await heading("Your cart"); // what was cancelled is back
  await press(/^Take out/);
  await heading("Your cart is empty");
  await look(page, "cart-empty");
}

try {
  for (const step of [
    keyboard,
    browse,
    pictureFails,
    shopFails,
    guestBuys,
    answerIsLost,
    priceRises,
    joins,
    changesTheirMind,
    leavesAndReturns,
    getsLost,
  ]) {
    console.log(step.name);
    await step();
  }
  assert.deepEqual(complaints, [], "the browser complained");
  console.log("The walk is done.");
} catch (error) {
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/failed.png` });
  console.error(`Stopped at ${page.url()}`);
  console.error(complaints.join("\n"));
  throw error;
} finally {
  await browser.close();
}
