// What is looked at on every page of the walk: axe, sideways scrolling, complaints of the browser, pictures to look at.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const LOOKS = [
  { name: "desk", width: 1280, height: 900, scheme: "light" },
  { name: "desk", width: 1280, height: 900, scheme: "dark" },
  { name: "phone", width: 360, height: 740, scheme: "light" },
  { name: "phone", width: 320, height: 640, scheme: "dark" },
];
const THEMES = { light: "stripe", dark: "night" };
const folder = process.env.SHOTS;
if (folder) mkdirSync(folder, { recursive: true });

/** Collects what the browser complains about; a refused request is no complaint if `expected` says so. */
export function listen(page, complaints, expected) {
  page.on("pageerror", (error) => complaints.push(`error in the page: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() !== "error" || expected(message.text(), message.location().url)) return;
    complaints.push(`${message.text()} (${message.location().url})`);
  });
}

/** Looks at the page as it stands, in each of the widths and colours. */
export async function look(page, name) {
  for (const { name: device, width, height, scheme } of LOOKS) {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(sideways <= 0, `${name} scrolls sideways by ${sideways} px at ${width} px`);
    await coloured(page, scheme);
    const found = await violations(page);
    assert.deepEqual(found, [], `axe on ${name}, ${device}, ${scheme}`);
    if (folder) await page.screenshot({ path: `${folder}/${name}-${device}-${scheme}.png` });
  }
  await page.setViewportSize({ width: 1280, height: 900 });
  console.log(`  looked at ${name}`);
}

/** Until the card form, where there is one, wears the page's colours. */
async function coloured(page, scheme) {
  for (const frame of page.frames().filter((each) => each.url().endsWith("/payment-element.html")))
    await frame.waitForFunction((theme) => document.documentElement.dataset.theme === theme, THEMES[scheme]);
}

/** Of the page and of each frame in it, which axe sees one by one. */
async function violations(page) {
  const found = [];
  for (const frame of page.frames()) {
    // By the debugger's door, which the page's own policy does not close; once a document.
    if (!(await frame.evaluate(() => "axe" in window))) await frame.evaluate(axe);
    const report = await frame.evaluate(() =>
      window.axe.run(document, { resultTypes: ["violations"], iframes: false }),
    );
    for (const { id, nodes } of report.violations)
      found.push(`${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`);
  }
  return found;
}
