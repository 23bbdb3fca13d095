// @ts-check
/** Asks again and again how an order stands: soon after a payment, rarely later, not at all in a hidden tab. */
import { readOrder } from "../orders.js";
import { ended } from "../parts/standing.js";

const SOON_MS = 700;
const RARELY_MS = 8000;
const SLOWER = 1.25;

/**
 * @param {string} id
 * @param {AbortSignal} signal ends it: the person has gone elsewhere
 * @param {boolean} eager the person has just come back from paying
 * @param {import("../orders.js").Order} known
 * @param {(order: import("../orders.js").Order) => void} changed
 */
export async function follow(id, signal, eager, known, changed) {
  let pause = eager ? SOON_MS : RARELY_MS / 2;
  let last = JSON.stringify(known);
  while (!signal.aborted) {
    await wait(pause, signal);
    if (signal.aborted) return;
    pause = Math.min(RARELY_MS, pause * SLOWER);
    const order = await readOrder(id, signal).catch(() => null); // silence is no news: it is asked again
    if (!order || signal.aborted || JSON.stringify(order) === last) continue;
    last = JSON.stringify(order);
    changed(order);
    if (ended(order)) return;
    pause = SOON_MS;
  }
}

/**
 * Until the time has passed and the tab is seen.
 * @param {number} milliseconds
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
export function wait(milliseconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(
      () =>
        document.hidden ? document.addEventListener("visibilitychange", () => resolve(), { once: true }) : resolve(),
      milliseconds,
    );
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}
