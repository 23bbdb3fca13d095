// A browser to walk with, or the reason why there is none.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const PLACES = [
  process.env.CHROMIUM,
  // What `make walk` and `make test` bring, where the system has none.
  fileURLToPath(new URL("../../.venv/browser/chromium", import.meta.url)),
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** Opens Chromium; ends this process with status 77, loudly, where it cannot. */
export async function open() {
  const playwright = await import("playwright-core").catch(() =>
    skip("the Node packages of web/tests are missing; run `npm ci` there"),
  );
  const executablePath = PLACES.find((place) => place && existsSync(place));
  if (!executablePath) skip("no Chromium found; install one, or name it in CHROMIUM");
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return playwright.chromium.launch({ executablePath, args: ["--disable-gpu", ...args] });
}

/** @param {string} why @returns {never} */
export function skip(why) {
  console.error(`SKIPPED, nothing was tested: ${why}.`);
  process.exit(77);
}
