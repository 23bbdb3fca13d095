// @ts-check
/** Tells the shop how its pages do, once the person has agreed: kinds of pages, numbers, steps and kinds of errors. */
import { answer } from "./consent.js";
import { arriveAt, forgetSteps } from "./steps.js";
import { here, travels } from "./view.js";
import { vitals } from "./vitals.js";

const ADDRESS = "/api/v1/measurements";
const MOST = 20;
/** @type {Record<string, string>} */
const ERRORS = { TypeError: "type", ReferenceError: "reference", RangeError: "range", SyntaxError: "syntax" };

/** @type {AbortController | null} */
let running = null;
/** @type {{ vitals: object[], steps: object[], errors: object[] }} */
let told = nothing();

function nothing() {
  return { vitals: [], steps: [], errors: [] };
}

/** Ends, and forgets what was not sent. */
export function end() {
  running?.abort();
  running = null;
  told = nothing();
  forgetSteps();
}

/** @param {boolean} fromStart whether what this document was like so far counts, too */
export function begin(fromStart) {
  if (running) return;
  running = new AbortController();
  const { signal } = running;
  const watch = vitals(fromStart);
  signal.addEventListener("abort", watch.stop);
  const errors = new Set();

  const finish = () => watch.take().forEach((vital) => tell("vitals", { page: here.kind, ...vital }));
  const step = () => arriveAt(here.step).forEach((taken) => tell("steps", taken));
  if (here.arrived) step();
  travels.addEventListener("arrived", step, { signal });
  travels.addEventListener("step", step, { signal });
  document.addEventListener(
    "visibilitychange",
    () => {
      if (document.visibilityState !== "hidden") return;
      finish();
      send();
    },
    { signal },
  );
  whenWrong((kind) => {
    if (errors.has(kind)) return; // one of a kind says it of the page
    errors.add(kind);
    tell("errors", { page: here.kind, kind });
  }, signal);
}

/** @param {(kind: string) => void} wrong @param {AbortSignal} signal */
function whenWrong(wrong, signal) {
  const of = (/** @type {unknown} */ reason) => {
    if (!(reason instanceof DOMException)) return ERRORS[reason instanceof Error ? reason.name : ""] ?? "other";
    return reason.name === "AbortError" ? null : "dom"; // what was given up on purpose is no error
  };
  const say = (/** @type {string | null} */ kind) => kind && wrong(kind);
  // What an element could not load is told to the window on the way down only.
  window.addEventListener("error", (event) => say(event instanceof ErrorEvent ? of(event.error) : "resource"), {
    capture: true,
    signal,
  });
  window.addEventListener("unhandledrejection", (event) => say(of(event.reason)), { signal });
  document.addEventListener("securitypolicyviolation", () => wrong("policy"), { signal });
}

/** @param {"vitals" | "steps" | "errors"} list @param {object} entry */
function tell(list, entry) {
  if (told.vitals.length + told.steps.length + told.errors.length >= MOST) send();
  told[list].push(entry);
}

/** Sends what was told. Without credentials, as no beacon can be: no cookie goes along that says whose it is. */
function send() {
  const body = told;
  told = nothing();
  if (!answer() || !(body.vitals.length + body.steps.length + body.errors.length)) return;
  const headers = { "Content-Type": "application/json" };
  const more = /** @type {const} */ ({ method: "POST", keepalive: true, credentials: "omit", headers });
  fetch(ADDRESS, { ...more, body: JSON.stringify(body) }).catch(() => {}); // what is lost is not measured
}
