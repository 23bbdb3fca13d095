// What a person does again and again.
import assert from "node:assert/strict";

const CARD_FORM = 'iframe[title="Secure payment input frame"]';

/** A browser in which somebody has said that they are not to be measured: see measuring.mjs. */
export const answered = (base) => ({
  storageState: {
    cookies: [],
    origins: [{ origin: base, localStorage: [{ name: "mercat.measuring", value: "false" }] }],
  },
});

/** The hands of whoever walks through this page of the shop at `base`. */
export function hands(page, base) {
  const heading = (text) => page.getByRole("heading", { level: 1, name: text }).waitFor();
  const press = (name, more = {}) => page.getByRole("button", { name, ...more }).click();
  const follow = (name) => page.locator("main").getByRole("link", { name }).first().click();

  /** Puts one piece into the cart, its variant chosen by keys: of the first work of which that variant is left. */
  async function choose() {
    const works = page.locator(".wall > li:not(.sold-out) h2 a");
    // The document has the form already; with its script it can be used.
    const button = page.locator(".buy button.primary:enabled");
    for (let number = 2; ; number += 1) {
      await page.goto(`${base}/products`);
      await works.nth(number).click();
      await button.waitFor();
      const sizes = page.getByRole("group").first().getByRole("radio");
      await sizes.first().focus();
      await page.keyboard.press("ArrowRight");
      await page.waitForURL(/variant=/);
      assert.ok(await sizes.nth(1).isChecked(), "arrow keys choose a variant");
      if ((await button.innerText()) === "Add to cart") break;
    }
    await press("Add to cart");
    await drawer().getByText("It is in your cart.").waitFor();
  }

  /** The cart beside the page, once something was put into it. */
  const drawer = () => page.getByRole("dialog");
  const seeCart = () => drawer().getByRole("link", { name: "See your cart" }).click();

  async function fillAddress(email) {
    await page.getByLabel("E-mail address").fill(email);
    await page.getByLabel("Full name").fill("Ada Lovelace");
    await page.getByLabel("Street and number").fill("12 St James's Square");
    await page.getByLabel("Postcode").fill("SW1Y 4LE");
    await page.getByLabel("Town or city").fill("London");
    await page.getByLabel("Country").selectOption("GB");
  }

  /** Places an order of one piece, and waits for the card form. */
  async function order(email) {
    await choose();
    await page.goto(`${base}/checkout`);
    await fillAddress(email);
    await press("Place the order and pay");
    await payable();
  }

  const button = () => page.locator("#pay");
  /** Until a card can be typed and sent. */
  const payable = () => page.locator("#pay:not([aria-disabled])").waitFor();

  /** Types a card into the frame, as with Stripe. */
  async function type(card) {
    await payable();
    const frame = page.frameLocator(CARD_FORM);
    await frame.getByLabel("Card number").fill(card);
    await frame.getByLabel("Expiration date").fill("12 / 34");
    await frame.getByLabel("Security code").fill("123");
  }

  async function pay(card) {
    await type(card);
    await button().click();
  }

  /** What the bank asks, in the frame over the page. */
  const bank = () => page.frameLocator('iframe[title^="3-D Secure"]');

  return { heading, press, follow, choose, drawer, seeCart, fillAddress, order, payable, type, pay, bank, button };
}
