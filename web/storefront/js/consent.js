// @ts-check
/** Whether this person lets the shop measure how its pages do. Until they say so, nothing is kept or sent. */
import { lasting } from "./storage.js";

const KEY = "measuring";

/** Tells "change" after an answer. */
export const answers = new EventTarget();

/** Whether the browser says no for them (Global Privacy Control, Do Not Track): that is an answer, and none is asked for. */
export const browserRefuses = () =>
  /** @type {any} */ (navigator).globalPrivacyControl === true || navigator.doNotTrack === "1";

/** @returns {boolean | null} null: they have not been asked */
export function answer() {
  if (browserRefuses()) return false;
  const kept = lasting.get(KEY);
  return typeof kept === "boolean" ? kept : null;
}

/** @param {boolean} yes */
export function decide(yes) {
  lasting.set(KEY, yes);
  answers.dispatchEvent(new Event("change"));
}
