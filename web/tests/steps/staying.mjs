// What a page shows stays where it is while its script comes to it.
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
