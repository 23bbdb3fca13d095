// What a page shows is there soon, and stays where it is while its script comes to it.
import assert from "node:assert/strict";

const MOST = 0.02;
const PLACES = ["/", "/products", "/de/cart", "/checkout", "/orders", "/orders/find", "/sign-in"];
const SIZES = [
  { width: 1280, height: 900 },
  { width: 360, height: 740 },
];

function watch() {
  window.shifts = [];
  new PerformanceObserver((list) => {
    for (const { hadRecentInput, value, sources } of list.getEntries())
      if (!hadRecentInput) window.shifts.push([value, sources.map(({ node }) => node?.nodeName)]);
  }).observe({ type: "layout-shift", buffered: true });
}

/** With something in the cart, whose number comes last. */
export async function staysInPlace({ page, base, context, choose, handsOf }) {
  await choose();
  const product = new URL(page.url()).pathname;
  const other = await context.newPage();
  await other.addInitScript(watch);
  for (const size of SIZES) {
    await other.setViewportSize(size);
    for (const path of [...PLACES, product]) {
      await other.goto(base + path);
      await other.locator("[data-cart-count]:visible").waitFor();
      await other.locator("main:not([aria-busy])").waitFor();
      const shifts = await other.evaluate(() => window.shifts);
      const sum = shifts.reduce((all, [value]) => all + value, 0);
      assert.ok(sum <= MOST, `${path} at ${size.width} px moves by ${sum}: ${JSON.stringify(shifts)}`);
    }
  }
  await other.setViewportSize(SIZES[0]);
  await other.goto(`${base}/cart`);
  await handsOf(other).press(/^Take out/);
  await handsOf(other).heading("Your cart is empty");
  await other.close();
}

const MOST_MS = 2000;
const ROUNDS = 3;

/** The largest thing of a page is painted soon: the median of three visits by somebody who was never here. */
export async function paintsSoon({ page, base, context }) {
  await page.goto(`${base}/products`);
  const product = await page.locator(".wall h2 a").first().getAttribute("href");
  for (const path of ["/", "/products", product, "/de/"]) {
    const times = [];
    for (let round = 0; round < ROUNDS; round += 1) times.push(await largestPaint(context.browser(), base + path));
    const median = times.sort((one, other) => one - other)[Math.floor(ROUNDS / 2)];
    console.log(`  ${path} paints in ${Math.round(median)} ms`);
    assert.ok(median <= MOST_MS, `${path} paints its largest part after ${times} ms`);
  }
}

async function largestPaint(browser, address) {
  const fresh = await browser.newContext({ ignoreHTTPSErrors: true });
  try {
    const page = await fresh.newPage();
    await page.goto(address, { waitUntil: "networkidle" });
    return await page.evaluate(
      () =>
        new Promise((resolve) => {
          new PerformanceObserver((list) => resolve(list.getEntries().at(-1).startTime)).observe({
            type: "largest-contentful-paint",
            buffered: true,
          });
        }),
    );
  } finally {
    await fresh.close();
  }
}
