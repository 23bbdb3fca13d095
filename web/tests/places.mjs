// Addresses of other countries, and a guest's order opened on another device by its mailed link; against a running
// store with the demo shop and the Stripe double. node places.mjs [http://localhost:8080]; SHOTS=folder keeps pictures.
import assert from "node:assert/strict";
import { open } from "./browser.mjs";
import { answered, hands } from "./hands.mjs";
import { listen, look } from "./looking.mjs";

const base = (process.argv[2] ?? process.env.STORE_URL ?? "http://localhost:8080").replace(/\/$/, "");
const email = `places-${Date.now()}@example.com`;
const complaints = [];
const browser = await open();

/** A device of its own: nothing is known of the other one's orders there. */
async function device() {
  const context = await browser.newContext({ ...answered(base), locale: "en-GB", ignoreHTTPSErrors: true });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  listen(page, complaints, (text, url) => /status of (401|404|409|422)/.test(text) && /\/api\//.test(url));
  return page;
}

const page = await device();
const { heading, press, choose, pay } = hands(page, base);
const labels = () => page.locator(".fields label").allInnerTexts();
let order = "";

/** The links in the mails to the guest, the newest last. */
async function mailedLinks(least) {
  for (let tries = 0; tries < 150; tries += 1) {
    const answer = await page.request.get(`${base}/mail/api/messages?to=${encodeURIComponent(email)}`);
    const found = (await answer.json()).items.map(({ text }) => /\S+\/orders\/\S+#token=\S+/.exec(text)?.[0]);
    if (found.filter(Boolean).length >= least) return found.filter(Boolean);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`fewer than ${least} mails to ${email} hold a link`);
}

async function formFollowsTheCountry() {
  await choose();
  await page.goto(`${base}/checkout`);
  await heading("Check out");
  const country = page.getByLabel("Country");
  assert.equal(await country.inputValue(), "GB", "the reader's own country is chosen");
  await page.getByLabel("Town or city").fill("Springfield");
  await country.focus();
  await country.selectOption("US");
  assert.deepEqual((await labels()).slice(3, 6), ["Town or city", "State", "ZIP code"]);
  assert.equal(await page.getByLabel("Town or city").inputValue(), "Springfield", "what was typed is kept");
  assert.equal(await page.evaluate(() => document.activeElement?.localName), "select", "the focus stays");
  await page.getByLabel("State").fill("IL");
  await look(page, "checkout-us");
  await country.selectOption("AE");
  assert.ok(!(await labels()).some((label) => /code/i.test(label)), "no postcode where there are none");
  assert.ok(await page.getByLabel("Emirate").evaluate((input) => input.required));
  await country.selectOption("IE");
  assert.ok(!(await page.getByLabel("Eircode").evaluate((input) => input.required)));
  await country.selectOption("JP");
  assert.deepEqual((await labels()).slice(0, 3), ["Full name", "Postcode", "Prefecture"]);
  await look(page, "checkout-jp");
  await country.selectOption("US");
  assert.equal(await page.getByLabel("State").inputValue(), "IL", "also of a field that was away");
  await page.reload();
  await heading("Check out");
  assert.equal(await page.getByLabel("State").inputValue(), "IL", "also over a reload");
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Full name").fill("Jane Doe");
  await page.getByLabel("Street and number").fill("1 Main Street");
  await page.getByLabel("ZIP code").fill("6270");
  await press("Place the order and pay");
  await page.getByText("This is no postal code of US").waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.id), "shipping_address-postal_code");
  await look(page, "checkout-refused");
  await page.getByLabel("ZIP code").fill("６２７０４");
}

async function cartPointsToTheOrder() {
  await press("Place the order and pay");
  await page.waitForURL(/\/pay$/);
  await page.goto(`${base}/cart`);
  await page.getByText("waits for your payment until").waitFor();
  await look(page, "cart-waiting");
  await page.goto(`${base}/checkout`);
  await heading("This is ordered already");
  await look(page, "checkout-ordered");
  // As after a crash: nothing is left but the cart's token.
  await page.evaluate(() => {
    localStorage.removeItem("mercat.orders");
    sessionStorage.clear();
  });
  await page.goto(`${base}/cart`);
  await page.getByRole("link", { name: "Go to the order" }).click();
  await heading("Waiting for your payment");
  await page.getByRole("link", { name: /^Pay / }).click();
  await page.waitForURL(/\/pay$/);
  await pay("4242 4242 4242 4242");
  await page.waitForURL(/\/orders\//);
  await heading("Thank you. It is yours.");
  order = new URL(page.url()).pathname;
}

async function otherDevice() {
  const [link] = await mailedLinks(1);
  const other = await device();
  const there = hands(other, base);
  await other.goto(base + order);
  await there.heading("We cannot show this order");
  await look(other, "order-unknown");
  await other.goto(link.replace(/^https?:\/\/[^/]+/, base));
  await there.heading("Thank you. It is yours.");
  assert.ok(!other.url().includes("#"), "the link's secret is gone from the address bar");
  assert.ok(await other.getByText("Springfield, IL 62704").count(), "wide digits are plain ones");
  await look(other, "order-by-link");
  await other.reload();
  await there.heading("Thank you. It is yours.");
  await other.goto(`${base}/orders/find`);
  await other.goto(`${base}${order}#token=${"A".repeat(43)}`);
  await there.heading("Thank you. It is yours."); // a wrong key takes no good one's place
  await other.goto(`${base}/orders`);
  await other.getByText("Paid", { exact: true }).waitFor();
}

async function finds() {
  const number = /M-\w{6}/.exec(await page.locator(".eyebrow").innerText())?.[0] ?? "";
  const third = await device();
  const there = hands(third, base);
  await third.goto(`${base}/sign-in`);
  await third.getByRole("link", { name: "Find your order" }).press("Enter");
  await there.heading("Find your order");
  await look(third, "find-order");
  await third.getByLabel("Order number").focus();
  await third.keyboard.type(number.toLowerCase().replace("-", " "));
  await third.keyboard.press("Tab");
  await third.keyboard.type(email);
  await third.keyboard.press("Enter");
  await there.heading("Check your mail");
  assert.equal(await third.evaluate(() => document.activeElement?.localName), "h1");
  await look(third, "find-order-sent");
  const link = (await mailedLinks(2)).at(-1);
  await third.goto(`${base}/orders/find`);
  await there.heading("Find your order");
  await third.goto(link.replace(/^https?:\/\/[^/]+/, base));
  await there.heading("Thank you. It is yours.");
}

try {
  for (const step of [formFollowsTheCountry, cartPointsToTheOrder, otherDevice, finds]) {
    console.log(step.name);
    await step();
  }
  assert.deepEqual(complaints, [], "the browser complained");
  console.log("All places are reached.");
} catch (error) {
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/failed.png` });
  console.error(`Stopped at ${page.url()}`);
  console.error(complaints.join("\n"));
  throw error;
} finally {
  await browser.close();
}
