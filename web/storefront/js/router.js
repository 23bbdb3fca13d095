// @ts-check
/** Which address shows which view. Uses the History API: links work with or without this script. */
import { h } from "./dom.js";
import { pageTitle, say } from "./page.js";
import { asProblem } from "./problem.js";
import { trouble } from "./parts/states.js";

/** @typedef {{ params: Record<string, string>, query: URLSearchParams, signal: AbortSignal, back: boolean }} Visit */
/** @typedef {{ title: string, node: Node, head?: Node[] }} Shown `head`: what the head of the document has while this is shown */
/**
 * `page`: what kind of page it is, whatever it is about. `alone`: a page with a document of its own, as it is served with another policy (CSP) than the rest.
 * @typedef {{ path: RegExp, page: string, view: (visit: Visit) => Promise<Shown> | Shown, skeleton: () => Node, alone?: boolean }} Route
 */

const PATIENCE_MS = 150;

/** @type {Route[]} */
let routes = [];
let visiting = new AbortController();
let shownPath = "";
/** What the page that is shown has in the head of the document. @type {Node[]} */
let ofPage = [];
/** Whether this document is that of a page alone. */
let alone = false;
/** @type {Map<string, number>} */
const heights = new Map();

const main = () => /** @type {HTMLElement} */ (document.getElementById("main"));
/** Tells "arrived" after each change of page, and "step" when a page that is shown reaches a step of the checkout. */
export const travels = new EventTarget();
/** The kind of the page that is shown, or on its way; and the step of the checkout that it is, if it is one. */
export const here = { page: "", step: /** @type {string | null} */ (null), arrived: false };

/** @param {Route[]} all the last one takes what no other does */
export function start(all) {
  routes = all;
  alone = isAlone(location.pathname);
  history.scrollRestoration = "manual";
  history.replaceState({ key: newKey(), ...history.state }, "");
  document.addEventListener("click", follow);
  window.addEventListener("popstate", () => {
    if (history.state?.key) show({ back: true });
    else history.replaceState({ key: newKey() }, ""); // a jump within the page, such as the skip link's
  });
  window.addEventListener("scroll", () => heights.set(history.state?.key, window.scrollY), { passive: true });
  return show({ first: true });
}

/**
 * Goes to an address of this shop.
 * @param {string} address
 * @param {{ replace?: boolean }} [how]
 */
export function go(address, { replace = false } = {}) {
  if (alone || isAlone(new URL(address, location.href).pathname)) {
    location[replace ? "replace" : "assign"](address);
    return Promise.resolve();
  }
  history[replace ? "replaceState" : "pushState"]({ key: newKey() }, "", address);
  return show({});
}

/** Shows the present address anew. */
export const again = () => show({ back: true });

/** @param {string} path */
const isAlone = (path) => find(path).route.alone === true;

/** Says that this page is a step of the checkout. @param {string} step */
export function reach(step) {
  if (here.step === step) return;
  here.step = step;
  if (here.arrived) travels.dispatchEvent(new Event("step"));
}

const newKey = () => Math.random().toString(36).slice(2);

/** @param {MouseEvent} event */
function follow(event) {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
    return;
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!link || link.target || link.hasAttribute("download") || link.origin !== location.origin) return;
  if (link.hasAttribute("data-leave") || (link.hash && link.pathname === location.pathname)) return;
  event.preventDefault();
  go(link.pathname + link.search + link.hash);
}

/** @param {{ first?: boolean, back?: boolean }} how */
async function show({ first = false, back = false }) {
  visiting.abort();
  visiting = new AbortController();
  const { signal } = visiting;
  const { route, params } = find(location.pathname);
  Object.assign(here, { page: route.page, step: null, arrived: false });
  const samePath = shownPath === location.pathname;
  const waiting = setTimeout(() => wait(samePath, route), first ? 0 : PATIENCE_MS);
  const focused = document.activeElement?.id;
  let shown;
  try {
    shown = await route.view({ params, query: new URLSearchParams(location.search), signal, back });
  } catch (error) {
    if (signal.aborted) return;
    shown = { title: "Something went wrong", node: trouble(asProblem(error), again) };
  } finally {
    clearTimeout(waiting);
  }
  if (signal.aborted) return;
  shownPath = location.pathname;
  document.title = pageTitle(shown.title);
  for (const node of ofPage) node.parentNode?.removeChild(node);
  ofPage = shown.head ?? [];
  document.head.append(...ofPage);
  main().replaceChildren(shown.node);
  main().removeAttribute("aria-busy");
  window.scrollTo(0, back ? (heights.get(history.state?.key) ?? 0) : samePath ? window.scrollY : 0);
  if (!first) land(shown.title, samePath ? focused : undefined);
  here.arrived = true;
  travels.dispatchEvent(new Event("arrived"));
}

/** @param {boolean} samePath @param {Route} route */
function wait(samePath, route) {
  main().setAttribute("aria-busy", "true");
  if (samePath) return; // what is shown is nearly right: it stays until it is replaced
  window.scrollTo(0, 0);
  main().replaceChildren(h("p", { class: "unseen" }, "Loading…"), route.skeleton());
}

/**
 * Puts the focus where a reader goes on: at the same control, else at the heading.
 * @param {string} title
 * @param {string} [id]
 */
function land(title, id) {
  const same = id ? document.getElementById(id) : null;
  const target = same ?? main().querySelector("h1") ?? main();
  if (target instanceof HTMLElement) {
    if (target.localName === "h1") target.tabIndex = -1;
    target.focus({ preventScroll: true });
  }
  say(title);
}

/** @param {string} path @returns {{ route: Route, params: Record<string, string> }} */
function find(path) {
  for (const route of routes) {
    const match = route.path.exec(path);
    if (match) return { route, params: decoded(match.groups ?? {}) };
  }
  throw new Error("the last route takes every path");
}

/** @param {Record<string, string>} groups */
function decoded(groups) {
  return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, safely(value)]));
}

/** @param {string} text */
function safely(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
