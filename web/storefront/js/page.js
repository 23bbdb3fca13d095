// @ts-check
/** The document that was served: what it is about, how its addresses begin, and what is said of it as a whole. */
import { passing } from "./storage.js";

// Scripts without a document, in tests, have none of it.
const root = globalThis.document?.documentElement;
const told = root?.dataset ?? {};

export const shop = told.shop ?? "Shop";
/** Of dates and prices; undefined: the browser's own. */
export const locale = told.locale || root?.lang || undefined;
/** In which prices are shown; null: the shop's first. */
export const currency = told.currency || null;

const prefix = told.prefix ?? "";

/**
 * The address of a page of this shop, in this page's language and currency.
 * @param {string} path such as "/cart"
 */
export const address = (path) => prefix + path;

/** The parts of this page's path, without language and currency. @returns {string[]} */
export const parts = () => location.pathname.slice(prefix.length).split("/").slice(1).map(safely);

/** @param {string} text */
function safely(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** What the server says of the page's subject. @returns {Record<string, any>} */
export function about() {
  try {
    return JSON.parse(document.getElementById("page")?.textContent ?? "{}");
  } catch {
    return {};
  }
}

/** @param {string} title */
export const pageTitle = (title) => (title === shop ? shop : `${title} · ${shop}`);

const HEARD_MS = 6000;
let saying = 0;

/**
 * Says something to whoever listens to the page.
 * @param {string} text
 */
export function say(text) {
  const status = document.getElementById("status");
  if (!status) return;
  status.textContent = "";
  clearTimeout(saying);
  saying = setTimeout(() => {
    status.textContent = text;
    saying = setTimeout(() => (status.textContent = ""), HEARD_MS); // nobody is to come upon it later
  }, 60);
}

const ARRIVAL = "arrival";

/**
 * Goes to another page of the shop. Never ends: the document does.
 * @param {string} to
 * @param {{ replace?: boolean, say?: string }} [how] `say`: what is said there
 * @returns {Promise<never>}
 */
export function go(to, { replace = false, say: text } = {}) {
  if (text) passing.set(ARRIVAL, { say: text });
  location[replace ? "replace" : "assign"](to);
  return new Promise(() => {});
}

/** The next document has the focus where this one had it. @param {string} id */
export const keepFocus = (id) => passing.set(ARRIVAL, { focus: id });

/** Does what the document before has left to do. */
export function arrive() {
  const left = passing.get(ARRIVAL);
  passing.set(ARRIVAL, null);
  if (typeof left?.say === "string") say(left.say);
  if (typeof left?.focus === "string") document.getElementById(left.focus)?.focus({ preventScroll: true });
}
