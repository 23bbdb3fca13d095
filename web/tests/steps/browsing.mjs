// Looking around: by keyboard, by search, without pictures, without the shop, and where there is nothing.
import assert from "node:assert/strict";
import { look } from "../looking.mjs";

export async function keyboard({ page, base, heading }) {
  await page.goto(`${base}/products`);
  await heading("All products");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement?.id), "main", "the first stop skips to the content");
  const last = page.locator(".wall > li a").last();
  await last.focus();
  await page.waitForFunction(() => window.scrollY > 200);
  const height = await page.evaluate(() => window.scrollY);
  await page.keyboard.press("Enter");
  await page.locator(".buy button.primary:enabled").waitFor();
  await page.goBack();
  await page.locator(".wall").waitFor();
  await page.waitForFunction((before) => Math.abs(window.scrollY - before) < 5, height);
}

export async function browse({ page, base, heading, press }) {
  await page.goto(base);
  await page.locator(".wall").first().waitFor();
  await look(page, "home");
  await page.goto(`${base}/products`);
  await heading("All products");
  const cards = page.locator(".wall > li");
  const shown = await cards.count();
  assert.ok(shown > 0, "nothing is for sale");
  await look(page, "shelf");
  await press("Show more");
  await page.waitForFunction((before) => document.querySelectorAll(".wall > li").length > before, shown);
  const focused = () => page.evaluate(() => document.activeElement?.id);
  await page.getByLabel("Sort by").focus();
  await page.getByLabel("Sort by").selectOption("-price");
  await page.waitForURL(/sort=-price/);
  await page.waitForFunction(() => document.activeElement?.id === "order");
  await page.getByLabel("In stock only").check();
  await page.waitForURL(/in_stock=1/);
  await page.waitForFunction(() => document.activeElement?.id === "in-stock");
  assert.ok(!/[?&]\w+=(&|$)/.test(page.url()), "what is not chosen is not in the address");
  assert.equal(await focused(), "in-stock", "the focus stays on what was chosen");
  await page.getByLabel("Search the shop").fill("zzzz nothing");
  await page.keyboard.press("Enter");
  await page.getByText("Nothing like that here").waitFor();
  await look(page, "search-empty");
  await page.getByRole("link", { name: "See everything" }).click();
  await heading("All products");
}

/** By keys, from the field to the page of what is suggested. */
export async function isSuggested({ page, base, heading }) {
  await page.goto(`${base}/products`);
  const title = (await page.locator(".wall > li h2 a").nth(1).innerText()).trim();
  const field = page.getByRole("combobox", { name: "Search the shop" });
  await field.pressSequentially(title.slice(0, 12));
  const option = page.getByRole("option", { name: title }).first();
  await option.waitFor();
  await look(page, "suggestions");
  await page.keyboard.press("Escape");
  await option.waitFor({ state: "hidden" });
  await field.fill(title);
  await option.waitFor();
  do await page.keyboard.press("ArrowDown");
  while ((await option.getAttribute("aria-selected")) !== "true");
  await page.keyboard.press("Enter");
  await heading(title);
}

export async function pictureFails({ page, base }) {
  await page.route("**/api/v1/media/**", (route) => route.abort());
  await page.goto(base);
  await page.locator(".print.bare").nth(3).waitFor();
  await look(page, "home-without-pictures");
  await page.unroute("**/api/v1/media/**");
}

export async function shopFails({ page, base, heading, press }) {
  await page.route("**/api/v1/orders/*", (route) => route.abort());
  await page.goto(`${base}/orders/0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c02`);
  await page.getByText("The shop cannot be reached.").waitFor();
  await look(page, "shop-unreachable");
  await page.unroute("**/api/v1/orders/*");
  await press("Try again");
  await heading("We cannot show this order");
}

/** Another language is another address; what scripts say is in it, too. */
export async function inGerman({ page, base, heading }) {
  await page.goto(`${base}/products`);
  await page.getByRole("navigation", { name: "Language" }).getByRole("link", { name: "Deutsch" }).click();
  await page.waitForURL(`${base}/de/products`);
  assert.equal(await page.locator("html").getAttribute("lang"), "de");
  await page.locator(".wall > li:not(.sold-out) h2 a").first().click();
  await page.locator(".buy button.primary:enabled").click();
  await page.getByRole("dialog").getByText("Es liegt in Ihrem Warenkorb.").waitFor();
  await look(page, "drawer-de");
  await page.getByRole("link", { name: "Zum Warenkorb" }).click();
  await page.waitForURL(`${base}/de/cart`);
  await heading("Ihr Warenkorb");
  assert.match(await page.locator(".sums .all dd").innerText(), /\d,\d\d\s€/, "prices are written as in German");
  await look(page, "cart-de");
  await page.getByRole("link", { name: "Zur Kasse" }).click();
  await heading("Zur Kasse");
  await page.getByRole("button", { name: "Zahlungspflichtig bestellen" }).click();
  await page.getByText("Bitte füllen Sie das aus.").first().waitFor();
  await look(page, "checkout-de");
  await page.goto(`${base}/de/sign-in`);
  await heading("Anmelden");
  await look(page, "sign-in-de");
  await page.goto(`${base}/de/cart`);
  await page.getByRole("button", { name: /^Herausnehmen/ }).click();
  await heading("Ihr Warenkorb ist leer");
}

export async function readsTheTexts({ page, base, heading }) {
  await page.goto(base);
  const texts = page.getByRole("navigation", { name: "More" }).getByRole("list").first().getByRole("link");
  await texts.first().waitFor();
  assert.deepEqual(
    await texts.allInnerTexts(),
    ["Impressum", "Sending things back"],
    "in the reader's language, if there",
  );
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

/** What is for sale can be read, found and narrowed by who runs no scripts. */
export async function withoutScripts({ context, base }) {
  const plain = await context.browser().newContext({ javaScriptEnabled: false, ignoreHTTPSErrors: true });
  const page = await plain.newPage();
  await page.goto(`${base}/products`);
  await page.getByLabel("Sort by").selectOption("title");
  await page.getByRole("button", { name: "Show", exact: true }).click();
  await page.waitForURL(/sort=title/);
  const titles = () => page.locator(".wall > li h2 a").allInnerTexts();
  const first = await titles();
  assert.deepEqual(first, first.toSorted(new Intl.Collator("en").compare));
  await page.getByRole("link", { name: "Show more" }).click();
  await page.waitForURL(/cursor=/);
  assert.equal((await titles()).filter((title) => first.includes(title)).length, 0, "the next page shows others");
  await page.locator(".wall > li h2 a").first().click();
  await page.locator("noscript .notice").waitFor(); // it says how to order
  assert.ok((await page.locator("noscript .variants > li").count()) > 1);
  assert.match(await page.locator(".price").innerText(), /€\d+\.\d\d/);
  await page.goto(`${base}/cart`);
  await page.locator("noscript .notice").waitFor();
  await plain.close();
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
