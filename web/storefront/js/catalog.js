// @ts-check
/** The catalog: what is for sale. Nobody needs to be signed in, so answers may come from a cache. */
import { query, request } from "./api.js";

/** @typedef {import("./money.js").Money} Money */
/** @typedef {{ url: string, width: number, height: number }} ImageSize */
/**
 * @typedef {object} Image
 * @property {string} url
 * @property {string} alt
 * @property {number | null} width null while it is not fetched, and for a drawing
 * @property {number | null} height
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
 * @property {string} description_html
 * @property {string} vendor
 * @property {string} product_type
 * @property {string[]} options
 * @property {Image[]} images
 * @property {string} seo_title empty: the title
 * @property {string} seo_description empty: a part of the description
 * @property {Variant[]} variants
 */
/** @typedef {{ items: Card[], next_cursor: string | null }} CardPage */
/**
 * @typedef {object} Wish
 * @property {string | null} [search]
 * @property {string | null} [type]
 * @property {string | null} [sort]
 * @property {boolean | null} [in_stock]
 * @property {string | null} [cursor]
 */

const PER_PAGE = 24;

/**
 * @param {Wish} wish
 * @param {AbortSignal} [signal]
 * @returns {Promise<CardPage>}
 */
export const listProducts = (wish, signal) =>
  request("GET", `/api/v1/products${query({ ...wish, limit: PER_PAGE })}`, { signal });

/**
 * A product; by a slug that it had before, too: the shop's answer leads on.
 * @param {string} slug
 * @param {AbortSignal} [signal]
 * @returns {Promise<Product>}
 */
export const readProduct = (slug, signal) => request("GET", `/api/v1/products/${encodeURIComponent(slug)}`, { signal });

/**
 * @param {AbortSignal} [signal]
 * @returns {Promise<{ items: { type: string, products: number }[] }>}
 */
export const listCategories = (signal) => request("GET", "/api/v1/categories", { signal });
