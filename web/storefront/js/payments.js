// @ts-check
/** What a payment needs of the shop: by whose script, and the order's own secret once it is there. */
import { request } from "./api.js";
import { readPayment } from "./orders.js";
import { Problem } from "./problem.js";

/** @typedef {{ provider: string, script_url: string, publishable_key: string }} Configuration */

const PAUSE_MS = 1000;
const SLOWEST_MS = 8000;
const SILENCES = 4;

/** @param {AbortSignal} signal @returns {Promise<Configuration>} */
export const readConfiguration = (signal) => request("GET", "/api/v1/payments/configuration", { signal });

/**
 * The order's payment by card; waits while it is being opened. Null where there is nothing to pay any more.
 * @param {import("./orders.js").Order} order
 * @param {AbortSignal} signal
 * @param {(notice: string) => void} tell why it takes so long, where the shop says so
 * @throws {Problem} nobody answers, again and again
 */
export const openedPayment = async (order, signal, tell) => (await opened(order, signal, tell))?.payment ?? null;

/**
 * How to pay an order that is not paid by card, as `openedPayment`.
 * @param {import("./orders.js").Order} order
 * @param {AbortSignal} signal
 */
export const openedInstructions = async (order, signal) =>
  (await opened(order, signal, () => {}))?.payment_instructions ?? null;

/**
 * @param {import("./orders.js").Order} order
 * @param {AbortSignal} signal
 * @param {(notice: string) => void} tell
 */
async function opened(order, signal, tell) {
  let silences = 0;
  for (let pause = PAUSE_MS; !signal.aborted; pause = Math.min(SLOWEST_MS, pause * 1.5)) {
    try {
      const found = await readPayment(order.id);
      if (found.payment || found.payment_instructions) return found;
      const { status, payment_notice: notice } = found;
      if (notice) tell(notice);
      const late = Date.now() > Date.parse(order.expires_at);
      if (status !== "placed" && (status !== "pending_payment" || late)) return null;
    } catch (problem) {
      silences += 1; // a part of the shop may be away for a moment
      if (!(problem instanceof Problem) || !problem.unknown || silences === SILENCES) throw problem;
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  return null;
}
