// Looking around: by keyboard, by search, without pictures, without the shop, and where there is nothing.
import assert from "node:assert/strict";
import { look } from "../looking.mjs";

export async function keyboard({ page, base, heading }) {
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

export async function browse({ page, base, heading, press }) {
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

export async function pictureFails({ page, base }) {
  await page.route("**/api/v1/media/**", (route) => route.abort());
  await page.goto(base);
  await page.locator(".print.bare").nth(3).waitFor();
  await look(page, "shelf-without-pictures");
  await page.unroute("**/api/v1/media/**");
}

export async function shopFails({ page, base, heading, press }) {
  await page.route("**/api/v1/products?**", (route) => route.abort());
  await page.goto(base);
  await page.getByText("The shop cannot be reached.").waitFor();
  await look(page, "shop-unreachable");
  await page.unroute("**/api/v1/products?**");
  await press("Try again");
  await heading("Find something to live with.");
}

export async function readsTheTexts({ page, base, heading }) {
  await page.goto(base);
  const texts = page.getByRole("navigation", { name: "More" }).getByRole("list").first().getByRole("link");
  await texts.first().waitFor();
  assert.deepEqual(await texts.allInnerTexts(), ["Impressum", "Sending things back"], "in the reader's language, if there");
  await texts.nth(1).click();
  await heading("Sending things back");
  const text = page.locator("article.policy");
  assert.equal(await text.getAttribute("lang"), "en");
  assert.equal(await text.getByRole("heading", { level: 2 }).innerText(), "How");
  assert.equal(await text.getByRole("listitem").count(), 2);
  assert.equal(await text.locator("strong").innerText(), "30 days");
  assert.equal(await text.locator("b").count(), 0, "HTML in a text stays text");
  assert.equal(await text.getByRole("link").getAttribute("rel"), "noopener noreferrer");
  await look(page, "policy");
  await page.getByRole("link", { name: "Impressum" }).click();
  await heading("Impressum");
  assert.equal(await text.getAttribute("lang"), "de");
  await page.goto(`${base}/policies/gossip`);
  await heading("There is nothing here");
}

export async function getsLost({ page, base, heading, press }) {
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
