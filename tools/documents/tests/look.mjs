// Opens pages of the built site in a headless Chromium. Usage: node look.mjs TASK.json; prints one complaint a line.
// TASK: {site: folder, pages: [address], diagrams: [{name, text}], word, shots: folder or ""}
import { mkdirSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { extname, join, normalize } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const WEB = fileURLToPath(new URL("../../../web/tests/", import.meta.url));
const { open } = await import(pathToFileURL(join(WEB, "browser.mjs")));
const AXE = readFileSync(createRequire(join(WEB, "browser.mjs")).resolve("axe-core/axe.min.js"), "utf8");
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".json": "application/json" };
const LOOKS = [
  { device: "desk", width: 1280, height: 900, colorScheme: "light" },
  { device: "desk", width: 1280, height: 900, colorScheme: "dark" },
  { device: "phone", width: 360, height: 740, colorScheme: "dark" },
  { device: "phone", width: 320, height: 640, colorScheme: "light" },
];

const task = JSON.parse(readFileSync(process.argv[2], "utf8"));
if (task.shots) mkdirSync(task.shots, { recursive: true });
const complaints = [];
const server = createServer(answer).listen(0, "127.0.0.1");
await new Promise((done) => server.once("listening", done));
const base = `http://127.0.0.1:${server.address().port}/`;
const browser = await open();
const page = await opened();
await searched();
await lightened();
for (const address of task.pages) await looked(address);
await drawn();
await browser.close();
server.close();
for (const complaint of complaints) console.log(complaint);

async function answer(request, response) {
  const path = normalize(decodeURIComponent(new URL(request.url, "http://x").pathname));
  const file = join(task.site, path.endsWith("/") ? `${path}index.html` : path);
  const body = await readFile(file).catch(() => null);
  response.writeHead(body ? 200 : 404, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" });
  response.end(body ?? "");
}

/** A page that complains of what the browser complains of, and of requests that leave this machine. */
async function opened() {
  const context = await browser.newContext({ reducedMotion: "reduce" });
  const fresh = await context.newPage();
  const tell = (complaint) => complaints.push(`${fresh.url().replace(base, "/")}: ${complaint}`);
  fresh.on("pageerror", (error) => tell(`error in the page: ${error.message}`));
  fresh.on("console", (message) => message.type() === "error" && tell(message.text()));
  fresh.on("request", (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (protocol.startsWith("http") && hostname !== "127.0.0.1") tell(`asks ${request.url()}`);
  });
  return fresh;
}

/** By the keyboard alone: open the search, type, go to the first result. */
async function searched() {
  await page.goto(base);
  await page.keyboard.press("/");
  await page.keyboard.type(task.word);
  await page.waitForSelector(".md-search-result__item a", { timeout: 30000 });
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.href !== base, { timeout: 30000 });
  const text = await page.textContent("article");
  if (!text.toLowerCase().includes(task.word)) complaints.push(`the search for "${task.word}" leads to ${page.url()}, which lacks it`);
}

/** Each page makes its search ready, which takes a second of CPU: from here on of one page. */
async function lightened() {
  const index = JSON.parse(readFileSync(join(task.site, "search/search_index.json"), "utf8"));
  await page.route("**/search_index.json", (route) => route.fulfill({ json: { ...index, docs: index.docs.slice(0, 1) } }));
}

/** One page in each of the widths and colours. */
async function looked(address) {
  await page.goto(base + address);
  await page.waitForFunction(() => !document.querySelector("pre.mermaid"));
  await page.evaluate(AXE);
  for (const { device, width, height, colorScheme } of LOOKS) {
    const where = `/${address}, ${device} ${width} px, ${colorScheme}`;
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme });
    const scheme = colorScheme === "dark" ? "slate" : "default";
    await page.waitForFunction((name) => document.body.dataset.mdColorScheme === name, scheme);
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (sideways > 0) complaints.push(`${where}: scrolls sideways by ${sideways} px`);
    const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
    for (const { id, nodes } of violations)
      complaints.push(`${where}: axe: ${id}: ${nodes.length} times, first ${nodes[0].target}: ${nodes[0].html.slice(0, 200)}`);
    if (task.shots) await page.screenshot({ path: join(task.shots, `${address.replaceAll("/", "-")}${device}-${colorScheme}.png`) });
  }
}

/** Each diagram of each page, by the library that the site has. */
async function drawn() {
  await page.goto(base);
  await page.addScriptTag({ url: `${base}assets/mermaid.js` });
  const found = await page.evaluate(async (diagrams) => {
    mermaid.initialize({ startOnLoad: false });
    const wrong = [];
    for (const [number, { name, text }] of diagrams.entries()) {
      const error = await mermaid.render(`drawn${number}`, text).then(({ svg }) => (svg.includes("<svg") ? "" : "no picture"), String);
      if (error) wrong.push(`${name}: Mermaid draws it not: ${error.slice(0, 300)}`);
    }
    return wrong;
  }, task.diagrams);
  complaints.push(...found);
}
