// @ts-check
/** Keeps a file that the shop has sent, as the browser keeps downloads. */
import { h } from "./dom.js";

// The browser reads it some time after the click.
const KEPT_MS = 60_000;

/** @param {Blob} file @param {string} name */
export function saveFile(file, name) {
  const href = URL.createObjectURL(file);
  h("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), KEPT_MS);
}
