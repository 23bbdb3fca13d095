// Nothing is measured, kept or sent before a person agrees, nor after they refuse; with their consent a page tells names of
// closed sets and numbers; against a running store with the demo shop. node measuring.mjs [http://localhost:8080];
// SHOTS=folder keeps pictures.
import assert from "node:assert/strict";
import { open } from "./browser.mjs";
import { hands } from "./hands.mjs";
import { listen, look } from "./looking.mjs";
import { wire } from "./wire.mjs";

const shop = (process.argv[2] ?? process.env.STORE_URL ?? "http://localhost:8080").replace(/\/$/, "");
const PAGES = "shelf product cart checkout orders find_order order pay sign_in sign_up confirm missing".split(" ");
const PLANTED = "erika.mustermann@example.com";
const complaints = [];
const browser = await open();
const { base, seen, until, close } = await wire(shop, "/api/v1/measurements");

/** A person at a browser of their own, with a session's cookie, and what their browser asks of the shop. */
async function person(init) {
  const context = await browser.newContext({ locale: "en-GB", ignoreHTTPSErrors: true });
  context.setDefaultTimeout(15_000);
  await context.addCookies([{ name: "session", value: "whose-it-is", url: base, httpOnly: true }]);
  if (init) await context.addInitScript(init);
  const asked = [];
  context.on("request", (request) => asked.push(request));
  const page = await context.newPage();
  listen(page, complaints, () => false);
  const before = seen.length;
  const sent = () => seen.slice(before);
  const scripts = () => asked.filter((request) => /\/js\/(measuring|vitals|steps)\.js/.test(request.url()));
  const kept = () =>
    page.evaluate(() => [localStorage["mercat.measuring"] ?? null, sessionStorage["mercat.steps"] ?? null]);
  /** Goes to the shop anew. A document that is left is hidden first. */
  const come = async (path = "/") => {
    await page.goto(`${base}${path}`);
    await page.locator("h1").waitFor();
  };
  return {
    context,
    page,
    sent,
    scripts,
    kept,
    come,
    panel: page.getByRole("region", { name: "Measuring" }),
    ...hands(page, base),
  };
}

async function nothingBeforeAnAnswer() {
  const { page, panel, sent, scripts, kept, come } = await person();
  await come();
  await panel.waitFor();
  await look(page, "consent");
  await come("/cart");
  await panel.waitFor();
  assert.deepEqual([sent().length, scripts().length, await kept()], [0, 0, [null, null]]);

  // Refused by the keyboard, as near as consent is; and that stays.
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), "No");
  const [no, yes] = await Promise.all(["No", "Yes"].map((name) => panel.getByRole("button", { name }).boundingBox()));
  assert.deepEqual([no.width, no.height, no.y], [yes.width, yes.height, yes.y], "to refuse is as easy as to agree");
  await page.keyboard.press("Enter");
  await panel.waitFor({ state: "detached" });
  await come();
  await come("/cart");
  assert.equal(await panel.count(), 0, "it is asked once");
  assert.deepEqual([sent().length, scripts().length, await kept()], [0, 0, ["false", null]]);
}

async function aBrowserAnswers() {
  for (const setting of ["globalPrivacyControl: { value: true }", 'doNotTrack: { value: "1" }']) {
    const { page, panel, sent, scripts, come } = await person(
      `localStorage["mercat.measuring"] = "true"; Object.defineProperties(navigator, { ${setting} });`,
    );
    await come();
    await come("/cart");
    const ways = await page.getByRole("button", { name: "Measuring" }).count();
    assert.deepEqual([await panel.count(), ways, sent().length, scripts().length], [0, 0, 0, 0], setting);
  }
}

async function whatIsTold() {
  const { page, panel, sent, kept, come, choose, seeCart, follow, heading } = await person();
  await come();
  await panel.getByRole("button", { name: "Yes" }).click();
  await come();
  await choose();
  await seeCart();
  await follow("Check out");
  await heading("Check out");
  await page.getByLabel("E-mail address").fill(PLANTED);
  await page.evaluate((who) => setTimeout(() => { throw new TypeError(`${who} is undefined`); }), PLANTED); // prettier-ignore
  await page.getByRole("link", { name: "Cart", exact: false }).first().click();
  await heading("Your cart");
  const before = seen.length;
  await come("/orders/find");
  await until(before + 1);

  const bodies = sent().map(({ text }) => JSON.parse(text));
  for (const { headers, status, text } of sent()) {
    assert.equal(headers.cookie, undefined, "no cookie goes along");
    assert.equal(status, 204, text);
  }
  const [vitals, steps, errors] = ["vitals", "steps", "errors"].map((list) => bodies.flatMap((body) => body[list]));
  for (const { page: kind, vital, value, ...more } of vitals) {
    assert.ok(PAGES.includes(kind) && ["lcp", "inp", "ttfb", "cls"].includes(vital) && value >= 0 && value < 600);
    assert.deepEqual(more, {});
  }
  const told = new Set(vitals.map((each) => `${each.vital} of ${each.page}`));
  for (const each of [
    "lcp of shelf",
    "ttfb of shelf",
    "cls of shelf",
    "cls of product",
    "inp of product",
    "cls of cart",
  ])
    assert.ok(told.has(each), `${each} is missing among ${[...told].join(", ")}`);
  const taken = [
    { step: "cart", way: "reached" },
    { step: "checkout", way: "reached" },
    { step: "checkout", way: "left" },
  ];
  assert.deepEqual(steps, taken);
  assert.deepEqual(errors, [{ page: "checkout", kind: "type" }]);
  assert.ok(!JSON.stringify(bodies).includes("erika"), "no word of an error, nor of a field");

  // Taken back as it was given; from then on nothing.
  await page.getByRole("button", { name: "Measuring" }).click();
  await panel.getByRole("button", { name: "No" }).press("Enter");
  const silent = sent().length;
  await come("/cart");
  await come();
  assert.deepEqual([sent().length, await kept()], [silent, ["false", null]]);
  return { requests: silent, vitals: vitals.length, steps: steps.length, errors: errors.length };
}

try {
  await nothingBeforeAnAnswer();
  await aBrowserAnswers();
  const counts = await whatIsTold();
  await browser.close();
  assert.equal(seen.length, counts.requests, "requests of those who did not agree");
  assert.deepEqual(
    complaints.filter((each) => !each.includes(PLANTED)),
    [],
    "the browser complained",
  );
  console.log(JSON.stringify(counts));
} finally {
  await browser.close();
  close();
}
