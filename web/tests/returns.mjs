// A guest asks to send back what has arrived, and takes the request back, in German; against a running store.
// node returns.mjs http://localhost:8080 "/orders/{id}#token=..." of an order of one piece; SHOTS=folder keeps pictures.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { open } from "./browser.mjs";
import { answered, hands } from "./hands.mjs";
import { listen, look } from "./looking.mjs";

const [address, link] = process.argv.slice(2);
assert.ok(link, "name the address of an order that has arrived");
const base = address.replace(/\/$/, "");
const complaints = [];
const browser = await open();
const context = await browser.newContext({ ...answered(base), locale: "en-GB", ignoreHTTPSErrors: true });
context.setDefaultTimeout(15_000);
const page = await context.newPage();
const lost = (text, url) => /net::ERR_FAILED/.test(text) && url.endsWith("/returns");
listen(page, complaints, lost);
const { heading, press, follow } = hands(page, base);

try {
  await page.goto(`${base}/de${link}`);
  await heading("Vielen Dank. Es gehört Ihnen.");
  assert.ok(!page.url().includes("#"), "the link's secret is gone from the address bar");
  const parcel = page.getByRole("region", { name: "Sendungen" });
  await parcel.getByText("Am ").waitFor();
  assert.match(await parcel.innerText(), /DHL.*TRACK-1[^]*1 × /);
  const [paper] = await Promise.all([page.waitForEvent("download"), press(/^Herunterladen: Rechnung /)]);
  assert.match(paper.suggestedFilename(), /\.pdf$/);
  assert.equal((await readFile(await paper.path())).subarray(0, 5).toString(), "%PDF-");
  await look(page, "order-arrived");

  await follow("Etwas zurücksenden");
  await heading("Etwas zurücksenden");
  await page.getByLabel("Warum?").selectOption("does_not_fit");
  await press("Rücksendung anfragen");
  await page.getByText("Bitte sagen Sie, wie viele Stücke zurückkommen.").waitFor();
  await page.locator("select[name^=pieces-]").selectOption("1");
  await page.getByLabel("Was sollten wir wissen?").fill("Die Farbe\nist anders.");
  await look(page, "return");

  // The shop takes it, but its answer is lost: sent again, it is the same request.
  const keys = [];
  await page.route("**/returns", async (route) => {
    if (route.request().method() !== "POST") return route.continue();
    keys.push(route.request().headers()["idempotency-key"]);
    if (keys.length > 1) return route.continue();
    assert.equal((await route.fetch()).status(), 201);
    return route.abort();
  });
  await press("Rücksendung anfragen");
  await page.getByText("Der Shop ist nicht erreichbar.").waitFor();
  await press("Rücksendung anfragen");
  await page.getByText("Angefragt: Wir sehen es uns an").waitFor();
  assert.ok(keys.length === 2 && keys[0] === keys[1], `one key for one request: ${keys}`);
  assert.equal(await page.locator(".returns > li").count(), 1);
  await look(page, "return-asked");
  await press("Anfrage zurücknehmen");
  await page.getByText("Zurückgenommen").waitFor();
  await page.locator("select[name^=pieces-]").waitFor(); // it may be asked back anew
  assert.deepEqual(complaints, [], "the browser complained");
  console.log("The return is done.");
} catch (error) {
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/failed.png` });
  console.error(`Stopped at ${page.url()}`);
  console.error(complaints.join("\n"));
  throw error;
} finally {
  await browser.close();
}
