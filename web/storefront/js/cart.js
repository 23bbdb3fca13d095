// @ts-check
/**
 * The cart, which lies at the shop: a guest's behind a secret token that this browser keeps, a customer's with the
 * account. After sign-in the guest's cart is merged into the account's, once.
 */
import { request } from "./api.js";
import { keepOrderKey } from "./orders.js";
import { currency } from "./page.js";
import { Problem } from "./problem.js";
import { account, call, changes as sessions, maybeSignedIn, settled } from "./session.js";
import { lasting } from "./storage.js";

/** @typedef {import("./money.js").Money} Money */
/**
 * @typedef {object} CartLine
 * @property {string} variant_id
 * @property {number} quantity
 * @property {string} sku
 * @property {string} title
 * @property {string} variant_title
 * @property {string} slug
 * @property {string | null} image_url
 * @property {Money} unit_price
 * @property {Money | null} previous_unit_price
 * @property {Money} total
 * @property {number | null} available
 */
/**
 * @typedef {object} LostLine
 * @property {string} variant_id
 * @property {number} quantity
 * @property {string} reason
 * @property {string | null} title null where the shop knows nothing of it
 * @property {string | null} variant_title
 * @property {string | null} image_url
 */
/**
 * @typedef {object} Cart
 * @property {string} currency
 * @property {CartLine[]} lines
 * @property {LostLine[]} unavailable
 * @property {LostLine[]} [not_merged] what stayed in the cart that the person had as a guest
 * @property {string | null} order_id the order of theirs that waits for payment
 * @property {string | null} order_number
 * @property {string | null} payable_until
 * @property {string | null} order_token a guest's key to it
 * @property {Money} subtotal
 * @property {Money} shipping
 * @property {boolean} [shipping_known] false: it depends on the address
 * @property {Money} rounding
 * @property {Money} total
 * @property {boolean} requires_shipping
 */

const PATH = "/api/v1/cart";
const KEY = "cart";
export const MOST = 999;

/** @type {Cart | null} */
let latest = null;
/** Tells "change" whenever the number of pieces may have changed. */
export const changes = new EventTarget();

/** How many pieces are in the cart, as far as is known. */
export const pieces = () => (latest ? latest.lines.reduce((sum, line) => sum + line.quantity, 0) : 0);

/** The guest's secret; null for none. @returns {string | null} */
export const cartToken = () => lasting.get(KEY);

/**
 * The cart as it is now; null when there is none.
 * @param {AbortSignal} [signal]
 * @returns {Promise<Cart | null>}
 */
export async function readCart(signal) {
  if (!cartToken() && !maybeSignedIn()) return hold(null);
  await settled();
  if (account() && cartToken()) return merge();
  if (!account() && !cartToken()) return hold(null);
  return hold(await unlessGone(call("GET", PATH, { headers: keys(), signal })));
}

/**
 * Puts so many more pieces of a variant into the cart.
 * @param {string} variantId
 * @param {number} quantity
 */
export async function addToCart(variantId, quantity) {
  const cart = await readCart();
  const there = cart?.lines.find((line) => line.variant_id === variantId)?.quantity ?? 0;
  return setQuantity(variantId, Math.min(MOST, there + quantity));
}

/**
 * Sees to it that the cart holds at least these pieces, as far as they are sold: however often it is asked.
 * @param {{ variant_id: string, quantity: number, title: string }[]} wanted
 * @returns {Promise<string[]>} the titles of what is not sold any more
 */
export async function holdAtLeast(wanted) {
  const cart = await readCart();
  const missed = [];
  for (const { variant_id: id, quantity, title } of wanted) {
    const there = cart?.lines.find((line) => line.variant_id === id)?.quantity ?? 0;
    if (there >= quantity) continue;
    try {
      await setQuantity(id, Math.min(MOST, quantity));
    } catch (problem) {
      if (!(problem instanceof Problem) || problem.type !== "unknown-variant") throw problem;
      missed.push(title);
    }
  }
  return missed;
}

/**
 * Says how many pieces of a variant the cart is to hold.
 * @param {string} variantId
 * @param {number} quantity at least 1
 * @returns {Promise<Cart | null>}
 */
export async function setQuantity(variantId, quantity) {
  if (!(await settled()) && (!cartToken() || isOther())) await begin();
  const put = () => call("PUT", `${PATH}/lines/${variantId}`, { body: { quantity }, headers: keys() });
  const cart = await unlessGone(put());
  if (cart || account()) return hold(cart);
  await begin(); // the old one was ordered or forgotten
  return hold(await put());
}

/**
 * Takes a variant out.
 * @param {string} variantId
 */
export async function removeFromCart(variantId) {
  await unlessGone(call("DELETE", `${PATH}/lines/${variantId}`, { headers: keys() }));
  return readCart();
}

/**
 * What the cart costs with these choices; nothing is written.
 * @param {import("./pricing.js").Choices} choices
 * @returns {Promise<import("./pricing.js").Calculation>}
 */
export const priceCart = (choices) => call("POST", "/api/v1/checkout/calculations", { body: choices, headers: keys() });

/** After an order: the cart is used up. A guest's token stays, as it leads to the order until that is paid. */
export const cartIsOrdered = () => hold(null);

/**
 * After an order was cancelled: the shop gives its cart back, unless there is a new one.
 * @param {string | null} token a guest's
 */
export function cartComesBack(token) {
  if (token && !cartToken() && !maybeSignedIn()) lasting.set(KEY, token);
  return look();
}

const keys = () => ({ "Cart-Token": account() ? null : cartToken() });

/** Whether a guest's cart is empty and of another currency than the page: it can be left for a new one. */
const isOther = () =>
  latest !== null &&
  currency !== null &&
  latest.currency !== currency &&
  !latest.lines.length &&
  !latest.unavailable.length;

async function begin() {
  lasting.set(KEY, (await request("POST", PATH, { body: currency ? { currency } : {} })).cart_token);
}

/** What does not fit stays in the guest's cart, whose token is kept for it. @returns {Promise<Cart | null>} */
async function merge() {
  const token = cartToken();
  /** @type {Cart | null} */
  const merged = await unlessGone(call("POST", `${PATH}/merge`, { headers: { "Cart-Token": token } }));
  if (!merged) await keepGuestsOrder(token);
  if (!merged?.not_merged?.length) lasting.set(KEY, null);
  return hold(merged ?? (await call("GET", PATH)));
}

/** A guest's cart that is not there to be merged may be an order that waits for payment. @param {string | null} token */
async function keepGuestsOrder(token) {
  const cart = await unlessGone(request("GET", PATH, { headers: { "Cart-Token": token } }));
  if (cart?.order_token) keepOrderKey(cart.order_id, cart.order_token, token);
}

/**
 * What is answered; null, and the token forgotten, when the cart is gone.
 * @param {Promise<any>} asked
 */
async function unlessGone(asked) {
  try {
    return await asked;
  } catch (problem) {
    if (!(problem instanceof Problem) || problem.type !== "cart-not-found") throw problem;
    if (!account()) lasting.set(KEY, null);
    return null;
  }
}

/** @param {Cart | null} cart */
function hold(cart) {
  if (cart && latest?.not_merged && account() && cartToken()) cart = { not_merged: latest.not_merged, ...cart };
  if (cart?.order_id && cart.order_token) keepOrderKey(cart.order_id, cart.order_token, cartToken());
  latest = cart;
  changes.dispatchEvent(new Event("change"));
  return cart;
}

/** The number at the door is a courtesy: it is silent when the shop does not answer. */
const look = () => readCart().catch(() => hold(null));

sessions.addEventListener("change", () => {
  latest = null;
  look();
});
window.addEventListener("storage", (event) => {
  if (event.key === `mercat.${KEY}`) look();
});

/** Looks once, at the start. */
export const openCart = look;
