// @ts-check
/** What the shop offers at the checkout, and what an order costs with what is chosen: the shop reckons, never this page. */
import { request } from "./api.js";
import { priceCart } from "./cart.js";
import { asProblem } from "./problem.js";

/** @typedef {import("./money.js").Money} Money */
/** @typedef {{ shipping_by_address: boolean, payment_methods: PaymentMethod[] }} Settings */
/** @typedef {"card" | "bank_transfer" | "cash"} PaymentMethod */
/** @typedef {{ country: string, region?: string | null, postal_code?: string | null }} Destination */
/** @typedef {{ destination?: Destination, method_id?: string | null, codes?: string[] }} Choices */
/**
 * @typedef {object} Method a way of shipping
 * @property {string | null} id null: the flat rate
 * @property {string} title
 * @property {"delivery" | "pickup"} kind
 * @property {Money} price
 * @property {number | null} min_days
 * @property {number | null} max_days
 * @property {string | null} pickup_at
 */
/**
 * @typedef {object} Priced
 * @property {string | null} method_id
 * @property {Method[]} methods
 * @property {string | null} shipping_problem why it cannot be shipped
 * @property {{ code: string, message: string }[]} rejected_codes
 * @typedef {import("./parts/sums.js").Sums & Priced} Calculation
 */

/** @param {AbortSignal} signal @returns {Promise<Settings>} */
export const readSettings = (signal) => request("GET", "/api/v1/checkout/settings", { signal });

/**
 * What the cart costs; null where that cannot be said of what is typed so far.
 * @param {Choices} choices
 * @returns {Promise<Calculation | null>}
 */
export async function priceOf(choices) {
  try {
    const found = await priceCart(choices);
    // Chosen for another place than the order goes to now.
    const gone = found.shipping_problem === "method-not-offered" && choices.method_id;
    return gone ? await priceOf({ ...choices, method_id: null }) : found;
  } catch (error) {
    const { type } = asProblem(error);
    const { country } = choices.destination ?? {};
    // A postcode that is not complete yet: the country alone says much.
    if (type === "validation-error" && country && choices.destination?.postal_code)
      return priceOf({ ...choices, destination: { country } });
    return null;
  }
}
