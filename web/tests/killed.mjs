// A guest buys while the shop's services are killed again and again: what is away says so, and nothing typed is lost.
// node killed.mjs http://localhost:8080, while somebody kills them (proofs/walk.py); SHOTS=folder keeps a picture of the end.
import assert from "node:assert/strict";
import { open } from "./browser.mjs";
import { answered, hands } from "./hands.mjs";

const PATIENCE_MS = 90_000;
const EVERY_MS = 200;

const base = process.argv[2].replace(/\/$/, "");
const errors = [];
const browser = await open();
const context = await browser.newContext({ ...answered(base), locale: "en-GB", ignoreHTTPSErrors: true });
context.setDefaultTimeout(10_000);
const page = await context.newPage();
page.on("pageerror", (error) => errors.push(error.message));
const { fillAddress, type } = hands(page, base);
const seen = { away: 0, again: 0 };

/** Acts until something is seen. What is away must say so in words, and offer to try again or say how long to wait. */
async function until(what, act, there) {
  const end = Date.now() + PATIENCE_MS;
  while (!(await there.isVisible())) {
    assert.ok(Date.now() < end, `${what}: not seen within ${PATIENCE_MS} ms`);
    await act();
    await Promise.race([
      there.waitFor({ timeout: EVERY_MS }).catch(() => null),
      new Promise((r) => setTimeout(r, EVERY_MS)),
    ]);
  }
}

/** Opens a page until it is there. */
const reach = (path, there) =>
  until(
    path,
    async () => {
      const answer = await page.goto(base + path, { waitUntil: "domcontentloaded" }).catch(() => null);
      if (!answer) return; // the connection was cut
      if (answer.status() < 500) return settled(there);
      seen.away += 1;
      assert.match(await page.locator("h1").innerText(), /\S/, `${path} says ${answer.status()} in words`);
      assert.ok(answer.headers()["retry-after"], `${path} says with ${answer.status()} when to come back`);
    },
    there,
  );

/** Until the page has drawn what it can: what was looked for, or what went wrong. */
async function settled(there) {
  await there
    .or(page.getByRole("button", { name: "Try again" }))
    .first()
    .waitFor()
    .catch(() => null);
  if (!(await there.isVisible())) seen.again += 1;
}

/** Presses a button, if it can be pressed now. */
const press = (button) => async () => {
  if ((await button.isVisible()) && (await button.isEnabled().catch(() => false)))
    await button.click({ timeout: 1000 }).catch(() => null);
};

/** Nothing that was typed is lost, however often the order was refused for want of a service. */
async function typedAndPressed(place) {
  if (!(await place.isVisible())) return;
  for (const [label, typed] of Object.entries({ "Full name": "Ada Lovelace", Postcode: "SW1Y 4LE" })) {
    // Gone with the page, if it goes on meanwhile.
    const value = await page
      .getByLabel(label)
      .inputValue({ timeout: 1000 })
      .catch(() => typed);
    assert.equal(value, typed, `what was typed as ${label} is still there`);
  }
  await press(place)();
}

/** Goes to the card form, fills it in and pays; whatever is away now is tried again by the caller. */
async function paysOnce(toPay, paying) {
  await press(toPay)();
  await press(page.getByRole("button", { name: "Try again" }))();
  if (!(await paying.isVisible())) return;
  await type("4242 4242 4242 4242").catch(() => null);
  await press(paying)();
}

try {
  for (let round = 0; round < 3; round += 1) {
    await reach("/", page.getByRole("heading", { name: "New products" }));
    await reach("/products", page.locator(".wall > li").first());
    await reach("/search?search=wave", page.locator("#found"));
    await reach("/orders/find", page.getByRole("heading", { name: "Find your order" }));
  }
  await reach("/products", page.locator(".wall > li:not(.sold-out) h2 a").first());
  const product = await page.locator(".wall > li:not(.sold-out) h2 a").first().getAttribute("href");
  const add = page.locator(".buy button.primary:enabled");
  await reach(product, add);
  await until("in the cart", press(add), page.getByRole("dialog").getByText("It is in your cart."));
  const place = page.getByRole("button", { name: "Place the order and pay" });
  await reach("/checkout", place);
  await fillAddress("patient@example.com");
  // On the order's page a link, on the pay page a button.
  const toPay = page.locator("a#pay");
  const paying = page.locator("button#pay:not([aria-disabled])");
  const thanks = page.getByRole("heading", { level: 1, name: "Thank you. It is yours." });
  await until("placed", () => typedAndPressed(place), toPay.or(paying).or(thanks).first());
  await until("paid", () => paysOnce(toPay, paying), thanks);
  assert.deepEqual(errors, [], "errors in the page");
  console.log(`Bought while services were killed: ${seen.away} pages were away, ${seen.again} offered to try again.`);
} catch (error) {
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/failed.png` });
  console.error(`Stopped at ${page.url()}`);
  console.error(errors.join("\n"));
  throw error;
} finally {
  await browser.close();
}
