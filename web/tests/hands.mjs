// What a person does again and again.
import assert from "node:assert/strict";

/** The hands of whoever walks through this page of the shop at `base`. */
export function hands(page, base) {
  const heading = (text) => page.getByRole("heading", { level: 1, name: text }).waitFor();
  const press = (name) => page.getByRole("button", { name }).click();
  const follow = (name) => page.locator("main").getByRole("link", { name }).first().click();

  /** Puts one piece into the cart, its variant chosen by keys. */
  async function choose() {
    await page.goto(base);
    await page.locator(".wall > li:not(.sold-out) h2 a").nth(2).click();
    await page.getByRole("button", { name: "Add to cart" }).waitFor();
    const sizes = page.getByRole("group").first().getByRole("radio");
    await sizes.first().focus();
    await page.keyboard.press("ArrowRight");
    await page.waitForURL(/variant=/);
    assert.ok(await sizes.nth(1).isChecked(), "arrow keys choose a variant");
    await press("Add to cart");
    await page.getByText("It is in your cart.").waitFor();
  }

  async function fillAddress(email) {
    await page.getByLabel("E-mail address").fill(email);
    await page.getByLabel("Full name").fill("Ada Lovelace");
    await page.getByLabel("Street and number").fill("12 St James's Square");
    await page.getByLabel("Postcode").fill("SW1Y 4LE");
    await page.getByLabel("Town or city").fill("London");
    await page.getByLabel("Country").selectOption("GB");
  }

  /** By the page of the Stripe double. */
  async function pay(card) {
    await page.waitForURL(/\/pay\//);
    await page.locator("#number").fill(card);
    await page.locator("button.primary").click();
  }

  return { heading, press, follow, choose, fillAddress, pay };
}
