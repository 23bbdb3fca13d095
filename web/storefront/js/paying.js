// @ts-check
/**
 * One try to pay, and how it ended. The intent at Stripe decides: it is paid once at most, from however many tabs and
 * however often, so an answer that is lost is asked for and never taken for a refusal.
 */
import { explained } from "./declines.js";
import { t } from "./texts.js";

/** @typedef {import("../../types/stripe.js").Stripe} Stripe */
/** @typedef {import("../../types/stripe.js").Elements} Elements */
/** @typedef {import("../../types/stripe.js").Intent} Intent */
/** @typedef {import("../../types/stripe.js").Result} Result */
/**
 * `paid`: held or taken. `over`: the payment was cancelled. `open`: not paid, and why. `unknown`: nobody answers.
 * @typedef {{ end: "paid" } | { end: "over" } | { end: "open", message: string } | { end: "unknown", message: string }} End
 */

const PAID = new Set(["succeeded", "requires_capture", "processing"]);
// Of these nobody knows whether they took effect, or they came too soon: by type, and by code.
const UNKNOWN = new Set(["api_connection_error", "api_error", "rate_limit_error", "rate_limit", "lock_timeout"]);
const PAUSES_MS = [0, 1000, 2000, 4000];

const ABSENT = t(
  "Your payment has not arrived, and nothing was charged so far. Please press the button again: you cannot be charged twice.",
);
const UNFINISHED = t(
  "The payment is not finished, and nothing was charged. Please try again, with another card if you like.",
);
const NO_WORD = t(
  "The connection is lost, so we cannot tell yet whether your payment went through. You cannot be charged twice for this order. Check your connection, then ask again.",
);

/**
 * Pays with what is typed; leaves for the bank's page where the bank wants that.
 * @param {Stripe} stripe
 * @param {Elements} elements
 * @param {string} secret
 * @param {string} backHere
 * @returns {Promise<End>}
 */
export async function pay(stripe, elements, secret, backHere) {
  try {
    const { error } = await elements.submit();
    if (error) return { end: "open", message: explained(error) };
    const confirmParams = { return_url: backHere };
    const result = await stripe.confirmPayment({ elements, confirmParams, redirect: "if_required" });
    return ended(result) ?? (await ask(stripe, secret));
  } catch (error) {
    console.error(error);
    return ask(stripe, secret);
  }
}

/**
 * How the payment stands, by Stripe's own word; asked again where there is no answer.
 * @param {Stripe} stripe
 * @param {string} secret
 * @returns {Promise<End>}
 */
export async function ask(stripe, secret) {
  for (const pause of PAUSES_MS) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    const { paymentIntent } = await stripe.retrievePaymentIntent(secret).catch(() => /** @type {Result} */ ({}));
    if (paymentIntent) return stands(paymentIntent);
  }
  return { end: "unknown", message: NO_WORD };
}

/** @param {Intent} intent @returns {End} */
function stands({ status, last_payment_error: error }) {
  if (PAID.has(status)) return { end: "paid" };
  if (status === "canceled") return { end: "over" };
  if (error) return { end: "open", message: t("Your last try did not go through. {why}", { why: explained(error) }) };
  return { end: "open", message: status === "requires_action" ? UNFINISHED : ABSENT };
}

/** @param {Result} result @returns {End | null} null where only asking can tell */
function ended({ paymentIntent, error }) {
  const status = paymentIntent?.status ?? error?.payment_intent?.status ?? "";
  if (PAID.has(status)) return { end: "paid" }; // also by another tab, which was faster
  if (status === "canceled") return { end: "over" };
  if (!error) return { end: "open", message: UNFINISHED };
  if (UNKNOWN.has(error.type) || UNKNOWN.has(error.code ?? "")) return null;
  return { end: "open", message: explained(error) };
}
