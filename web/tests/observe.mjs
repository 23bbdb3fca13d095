// The page of charts and alerts, as a person without a mouse meets it; against a running store of `mercat up --observe`
// in which something was bought. node observe.mjs [http://localhost:8080]; SHOTS=folder keeps pictures.
import assert from "node:assert/strict";
import { open } from "./browser.mjs";
import { listen, look } from "./looking.mjs";

const base = (process.argv[2] ?? process.env.STORE_URL ?? "http://localhost:8080").replace(/\/$/, "");
const complaints = [];
const browser = await open();
const context = await browser.newContext({ locale: "en-GB", ignoreHTTPSErrors: true });
context.setDefaultTimeout(15_000);
const page = await context.newPage();
listen(page, complaints, () => false);

try {
  await page.goto(`${base}/observe`);
  await page.getByText(/^As of /).waitFor();
  assert.ok((await page.locator("#requests canvas").count()) === 1, "the chart of requests is drawn");
  await look(page, "observe");

  // By the keyboard alone: another range, then a chart as a table.
  await page.getByLabel("The last").focus();
  const answer = page.waitForResponse((each) => each.url().endsWith("range=15m"));
  await page.keyboard.press("ArrowUp");
  await answer;
  await page.locator("#requests summary").focus();
  await page.keyboard.press("Enter");
  await page.locator("#requests table").waitFor({ state: "visible" });
  assert.ok((await page.locator("#requests tbody tr").count()) >= 10, "a table says what the chart shows");
  assert.match(await page.locator("#requests tbody").innerText(), /\d\/s/);
  await look(page, "observe-table");

  // The table stays open when the page is refreshed.
  await Promise.all([
    page.waitForResponse(/observe\/data/),
    page.getByRole("button", { name: "Refresh" }).press("Enter"),
  ]);
  await page.locator("#requests table").waitFor({ state: "visible" });

  for (const [state, message] of [
    ["off", "The store is not observed."],
    ["away", "Prometheus does not answer."],
  ]) {
    await page.route("**/observe/data*", (route) => route.fulfill({ json: { state, message } }));
    await page.reload();
    await page.getByText(message).waitFor();
    await look(page, `observe-${state}`);
    await page.unroute("**/observe/data*");
  }
  assert.deepEqual(complaints, []);
} finally {
  await browser.close();
}
