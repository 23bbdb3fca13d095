// @ts-check
/** Which steps of the checkout were reached and left in this tab, each once for a purchase. */
import { passing } from "./storage.js";

const KEY = "steps";
const ORDER = ["cart", "checkout", "placed", "pay", "paid"];
// Where a purchase may begin. The page of an older order is no step of one.
const BEGINS = 2;

/** @typedef {{ at: string | null, reached: string[], left: string[] }} Way */
/** @typedef {{ step: string, way: "reached" | "left" }} Taken */

/**
 * What going to a page means.
 * @param {string | null} step the one that the page is, if any
 * @returns {Taken[]}
 */
export function arriveAt(step) {
  /** @type {Way} */
  const way = passing.get(KEY) ?? { at: null, reached: [], left: [] };
  /** @type {Taken[]} */
  const taken = [];
  const { at } = way;
  const place = step === null ? -1 : ORDER.indexOf(step);
  if (at !== null && place < ORDER.indexOf(at) && !way.left.includes(at)) {
    way.left.push(at);
    taken.push({ step: at, way: "left" });
  }
  const ours = step !== null && (place < BEGINS || way.reached.length > 0);
  if (ours && !way.reached.includes(step)) {
    way.reached.push(step);
    taken.push({ step, way: "reached" });
  }
  way.at = ours ? step : null;
  passing.set(KEY, step === "paid" ? null : way);
  return taken;
}

/** Keeps nothing of them any longer. */
export const forgetSteps = () => passing.set(KEY, null);
