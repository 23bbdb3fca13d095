// @ts-check
/** The catalog: what the server tells of a product in its page, and what scripts ask for beside it. */
import { query, request } from "./api.js";
import { currency } from "./page.js";

/** @typedef {import("./money.js").Money} Money */
/** @typedef {{ url: string, width: number, height: number }} ImageSize */
/**
 * @typedef {object} Image
 * @property {string} url
 * @property {string} alt
 * @property {number | null} width null while it is not fetched, and for a drawing
 * @property {number | null} height
 * @property {string | null} [source_url] where an import says that it is; not in lists
 * @property {ImageSize[]} sizes from the smallest to the largest; empty where there is one file alone
 */
/**
 * @typedef {object} Card
 * @property {string} id
 * @property {string} slug
 * @property {string} title
 * @property {string} vendor
 * @property {string} product_type
 * @property {Image | null} image
 * @property {Money} price_from
 * @property {Money} price_to
 * @property {Money | null} compare_at
 * @property {boolean} in_stock
 */
/**
 * @typedef {object} Variant
 * @property {string} id
 * @property {string} sku
 * @property {string} title
 * @property {string[]} option_values
 * @property {Money | null} price
 * @property {Money | null} compare_at
 * @property {string | null} image_url
 * @property {boolean} in_stock
 * @property {number | null} available null: as many as wanted
 */
/**
 * @typedef {object} Product
 * @property {string} id
 * @property {string} slug
 * @property {string} title
 * @property {string} vendor
 * @property {string} product_type
 * @property {string[]} options
 * @property {Image[]} images
 * @property {Variant[]} variants
 */
/** @typedef {{ slug: string, title: string }} Named */
/** @typedef {{ products: Card[], collections: Named[], categories: Named[] }} Suggestions */
/** @typedef {{ variant_id: string, in_stock: boolean, available: number | null }} Stock */

/**
 * What begins so.
 * @param {string} search 2 characters or more
 * @param {AbortSignal} signal
 * @returns {Promise<Suggestions>}
 */
export const suggest = (search, signal) =>
  request("GET", `/api/v1/suggestions${query({ search, currency })}`, { signal });

/**
 * What can be ordered of each variant now; the page may come from a cache.
 * @param {string} slug
 * @param {AbortSignal} signal
 * @returns {Promise<{ items: Stock[] }>}
 */
export const readStock = (slug, signal) =>
  request("GET", `/api/v1/products/${encodeURIComponent(slug)}/stock`, { signal });
