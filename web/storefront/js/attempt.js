// @ts-check
/**
 * Places an order once, however often the button is pressed, the page reloaded or an answer lost: the same request
 * goes with the same Idempotency-Key until the shop has said how it ended.
 */
import { cartIsOrdered, cartToken } from "./cart.js";
import { keepOrderKey } from "./orders.js";
import { Problem } from "./problem.js";
import { call } from "./session.js";
import { passing } from "./storage.js";

/** @typedef {{ key: string, wish: Wish, basket: string, cart: string | null }} Attempt */
/** @typedef {import("./money.js").Money} Money */
/**
 * @typedef {object} Wish
 * @property {string} email
 * @property {Record<string, string | null>} [shipping_address]
 * @property {Money} expected_total
 * @property {string} [shipping_method]
 * @property {string[]} [discount_codes]
 * @property {string} [payment_method]
 * @property {string} [locale] of mails and documents
 */
/**
 * @typedef {object} Placed
 * @property {import("./orders.js").Order} order
 * @property {import("./orders.js").Payment | null} payment
 * @property {string} [order_token] a guest's
 */

const KEPT = "checkout";
// Not the end of an attempt: the same request may still be at work, or came too early.
const AGAIN = new Set(["idempotency-key-running", "rate-limited"]);

/** The attempt whose end is not known; null for none. @returns {Attempt | null} */
export const openAttempt = () => passing.get(KEPT);

/**
 * Orders what is in the cart.
 * @param {Wish} wish
 * @param {string} basket what the person saw in the cart: if it has changed, it is another order
 */
export function placeOrder(wish, basket) {
  const open = openAttempt();
  const same = open && open.basket === basket && JSON.stringify(open.wish) === JSON.stringify(wish);
  return send(same ? open : { key: secret(), wish, basket, cart: cartToken() });
}

/**
 * Finds out how an attempt ended; if it never arrived, it is made now.
 * @param {Attempt} attempt
 */
export const resume = (attempt) => send(attempt);

/** 128 random bits. */
export function secret() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * @param {Attempt} attempt
 * @returns {Promise<Placed>}
 */
async function send(attempt) {
  passing.set(KEPT, attempt);
  /** @type {Placed} */
  let placed;
  try {
    const headers = { "Idempotency-Key": attempt.key, "Cart-Token": attempt.cart };
    placed = await call("POST", "/api/v1/orders", { body: attempt.wish, headers });
  } catch (problem) {
    if (problem instanceof Problem && !problem.unknown && !AGAIN.has(problem.type)) passing.set(KEPT, null);
    throw problem;
  }
  if (placed.order_token) keepOrderKey(placed.order.id, placed.order_token, attempt.cart);
  passing.set(KEPT, null);
  cartIsOrdered();
  return placed;
}
