// @ts-check
/** Orders: read, paid for, cancelled. A guest's order is opened by its own secret, which this browser keeps. */
import { query, request } from "./api.js";
import { call } from "./session.js";
import { lasting } from "./storage.js";

/** @typedef {import("./money.js").Money} Money */
/**
 * @typedef {"placed" | "pending_payment" | "authorised" | "stock_committed" | "paid" | "cancelling"
 *   | "cancelled"} Status
 */
/**
 * @typedef {"out_of_stock" | "expired" | "stock_lost" | "cancelled_by_customer" | "payment_unavailable"} Reason
 */
/**
 * @typedef {object} OrderLine
 * @property {string} variant_id
 * @property {number} position
 * @property {string} title
 * @property {string} variant_title
 * @property {string} slug
 * @property {string | null} image_url
 * @property {Money} unit_price
 * @property {number} quantity
 * @property {Money} total
 */
/**
 * @typedef {object} Address
 * @property {string} name
 * @property {string} line1
 * @property {string | null} line2
 * @property {string | null} city
 * @property {string | null} postal_code
 * @property {string | null} region
 * @property {string} country
 * @property {string | null} phone
 * @property {string[]} lines it as it is written there, without name and country
 */
/**
 * @typedef {object} Order
 * @property {string} id
 * @property {string} number
 * @property {Status} status
 * @property {string} [fulfilment_status]
 * @property {Reason | null} cancel_reason
 * @property {string} email
 * @property {OrderLine[]} lines
 * @property {string} currency
 * @property {Money} subtotal
 * @property {Money} shipping
 * @property {Money} rounding
 * @property {Money} total
 * @property {"card" | "bank_transfer" | "cash"} payment_method
 * @property {boolean} requires_shipping
 * @property {Address | null} shipping_address null: nothing is shipped
 * @property {string} placed_at
 * @property {string} expires_at
 */
/** @typedef {{ client_secret: string, publishable_key: string | null, pay_url: string | null }} Payment */
/** @typedef {{ method: string, amount: Money, reference: string, text: string | null }} Instructions how to pay without a card */

const PATH = "/api/v1/orders";
const KEYS = "orders";
const KEPT = 20;

/** @returns {[string, string, string | null][]} order ids, their secrets and their carts', newest first */
const kept = () => {
  const found = lasting.get(KEYS);
  return Array.isArray(found) ? found : [];
};

/** @param {string} id */
const keys = (id) => ({ "Order-Token": kept().find(([known]) => known === id)?.[1] });

/** @param {string} id */
const at = (id) => `${PATH}/${encodeURIComponent(id)}`;

/**
 * Keeps a guest's key to an order.
 * @param {string} id
 * @param {string} secret
 * @param {string | null} cart the key of the cart that it was: it comes back if the order is cancelled
 */
export function keepOrderKey(id, secret, cart) {
  const others = kept().filter(([known]) => known !== id);
  lasting.set(KEYS, [[id, secret, cart ?? cartOfOrder(id)], ...others].slice(0, KEPT));
}

/** The key of the cart that became a guest's order. @param {string} id */
export const cartOfOrder = (id) => kept().find(([known]) => known === id)?.[2] ?? null;

/** The orders that this browser placed as a guest, newest first. */
export const guestOrderIds = () => kept().map(([id]) => id);

/**
 * Has the link to an order mailed to its e-mail address; the answer does not say whether there is one.
 * @param {{ number: string, email: string }} wish
 */
export const findOrder = (wish) => request("POST", `${PATH}/lookups`, { body: wish });

/**
 * @param {string} id
 * @param {AbortSignal} [signal]
 * @param {string} [key] instead of the one that this browser keeps
 * @returns {Promise<Order>}
 */
export const readOrder = (id, signal, key) =>
  call("GET", at(id), { headers: key ? { "Order-Token": key } : keys(id), signal });

/**
 * @param {string} id
 * @returns {Promise<{ status: Status, payment: Payment | null, payment_instructions?: Instructions | null,
 *   payment_notice?: string | null }>}
 */
export const readPayment = (id) => call("GET", `${at(id)}/payment`, { headers: keys(id) });

/**
 * @param {string} id
 * @returns {Promise<Order>}
 */
export const cancelOrder = (id) => call("POST", `${at(id)}/cancel`, { headers: keys(id) });

/** @typedef {{ id: string, status: string, carrier: string | null, tracking_number: string | null, tracking_url: string | null, shipped_at: string, delivered_at: string | null, lines: { title: string, quantity: number }[] }} Parcel */
/** @typedef {{ id: string, kind: string, number: string, issued_at: string, total: Money }} Paper an invoice, or what corrects it */

/** @param {string} id @param {AbortSignal} [signal] @returns {Promise<{ items: Parcel[] }>} */
export const readParcels = (id, signal) => call("GET", `${at(id)}/parcels`, { headers: keys(id), signal });

/** @param {string} id @param {AbortSignal} [signal] @returns {Promise<{ items: Paper[] }>} */
export const readDocuments = (id, signal) => call("GET", `${at(id)}/documents`, { headers: keys(id), signal });

/** As PDF. @param {string} id @param {string} documentId @returns {Promise<Blob>} */
export const readDocument = (id, documentId) =>
  call("GET", `${at(id)}/documents/${encodeURIComponent(documentId)}.pdf`, { headers: keys(id), file: true });

/** @typedef {{ id: string, number: number, status: string, answer: string | null, opened_at: string, lines: { title: string, variant_title: string, quantity: number }[] }} Return */
/** @typedef {{ reason: string, note: string | null, lines: { position: number, quantity: number }[] }} ReturnWish */

/**
 * What was asked back of an order, and what may still be.
 * @param {string} id
 * @param {AbortSignal} [signal]
 * @returns {Promise<{ items: Return[], returnable: { position: number, quantity: number }[] }>}
 */
export const readReturns = (id, signal) => call("GET", `${at(id)}/returns`, { headers: keys(id), signal });

/** @param {string} id @param {ReturnWish} wish @param {string} key the same for the same wish @returns {Promise<Return>} */
export const askReturn = (id, wish, key) =>
  call("POST", `${at(id)}/returns`, { body: wish, headers: { ...keys(id), "Idempotency-Key": key } });

/** @param {string} id @param {string} returnId @returns {Promise<Return>} */
export const cancelReturn = (id, returnId) =>
  call("POST", `${at(id)}/returns/${encodeURIComponent(returnId)}/cancel`, { headers: keys(id) });

/**
 * The account's orders, newest first.
 * @param {string | null} [cursor]
 * @param {AbortSignal} [signal]
 * @returns {Promise<{ items: Order[], next_cursor: string | null }>}
 */
export const listOrders = (cursor, signal) => call("GET", `${PATH}${query({ limit: 10, cursor })}`, { signal });
