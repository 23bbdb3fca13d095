// @ts-check
/** Shows the view of this document in its main place, and shows it anew when that is asked for. */
import { parts, pageTitle, say } from "./page.js";
import { bones, trouble } from "./parts/states.js";
import { asProblem } from "./problem.js";
import { t } from "./texts.js";

/** @typedef {{ id: string, query: URLSearchParams, signal: AbortSignal }} Visit `id`: the order's, in addresses of one */
/** @typedef {{ title: string, node: Node }} Shown */
/**
 * What draws a page; without an answer the document stays as the server has drawn it.
 * @typedef {{ view: (visit: Visit) => Promise<Shown | void> | Shown | void }} Module
 */

// Their documents are whole as they are served: what fails in a script takes nothing away.
const WHOLE = new Set(["shelf", "product", "policy", "missing"]);

/** Tells "arrived" once the page is shown, and "step" when it reaches a step of the checkout after that. */
export const travels = new EventTarget();
/** How the page is measured, and the step of the checkout that it is, if it is one. */
export const here = { kind: "", step: /** @type {string | null} */ (null), arrived: false };

let visiting = new AbortController();
/** @type {(() => Promise<Module>) | undefined} */
let load;

const main = () => /** @type {HTMLElement} */ (document.getElementById("main"));

/**
 * @param {string} kind
 * @param {() => Promise<Module>} [module] none: the document needs no script of its own
 */
export function start(kind, module) {
  here.kind = kind;
  load = module;
  // Restored by the browser as it was left; a cart or an order may have changed since.
  window.addEventListener("pageshow", (event) => event.persisted && !WHOLE.has(kind) && again());
  return show(true);
}

/** Shows this page anew. */
export const again = () => show(false);

/** Says that this page is a step of the checkout. @param {string} step */
export function reach(step) {
  if (here.step === step) return;
  here.step = step;
  if (here.arrived) travels.dispatchEvent(new Event("step"));
}

/** @param {boolean} first */
async function show(first) {
  visiting.abort();
  visiting = new AbortController();
  const { signal } = visiting;
  Object.assign(here, { step: null, arrived: false });
  main().setAttribute("aria-busy", "true");
  if (first && !WHOLE.has(here.kind)) main().append(bones());
  const shown = await drawn(signal);
  if (signal.aborted) return;
  main().removeAttribute("aria-busy");
  if (shown) {
    document.title = pageTitle(shown.title);
    main().replaceChildren(shown.node);
    if (!first) land(shown.title);
  }
  here.arrived = true;
  travels.dispatchEvent(new Event("arrived"));
}

/** @param {AbortSignal} signal @returns {Promise<Shown | void>} */
async function drawn(signal) {
  try {
    const module = await load?.();
    return await module?.view({ id: parts()[1] ?? "", query: new URLSearchParams(location.search), signal });
  } catch (error) {
    const problem = asProblem(error);
    return WHOLE.has(here.kind) ? undefined : { title: t("Something went wrong"), node: trouble(problem, again) };
  }
}

/** Puts the focus where a reader goes on. @param {string} title */
function land(title) {
  const heading = main().querySelector("h1");
  if (heading) heading.tabIndex = -1;
  (heading ?? main()).focus({ preventScroll: true });
  say(title);
}
