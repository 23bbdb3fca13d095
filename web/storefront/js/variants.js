// @ts-check
/** Which variant is meant by a choice of option values. Pure: no DOM, no network. */

/** @typedef {import("./catalog.js").Variant} Variant */

/**
 * The variant to begin with: the one asked for, else the first that can be had, else the first.
 * @param {Variant[]} variants
 * @param {string | null} sku
 * @returns {Variant | undefined}
 */
export const first = (variants, sku) =>
  variants.find((variant) => variant.sku === sku) ?? variants.find(buyable) ?? variants[0];

/**
 * After choosing a value: the variant that keeps most of the other values, one that can be had if possible.
 * @param {Variant[]} variants
 * @param {Variant} now
 * @param {number} option which option was changed
 * @param {string} value
 */
export function nearest(variants, now, option, value) {
  const fitting = variants.filter((variant) => variant.option_values[option] === value);
  const same = (/** @type {Variant} */ variant) =>
    variant.option_values.filter((chosen, place) => place !== option && chosen === now.option_values[place]).length;
  const rank = (/** @type {Variant} */ variant) => same(variant) * 2 + (buyable(variant) ? 1 : 0);
  return fitting.reduce((best, variant) => (rank(variant) > rank(best) ? variant : best), fitting[0] ?? now);
}

/**
 * The values of an option in the order of the variants.
 * @param {Variant[]} variants
 * @param {number} option
 */
export const valuesOf = (variants, option) =>
  [...new Set(variants.map((variant) => variant.option_values[option]))].filter((value) => value !== undefined);

/**
 * Whether a value, with the other values as they are, leads to nothing that can be had.
 * @param {Variant[]} variants
 * @param {Variant} now
 * @param {number} option
 * @param {string} value
 */
export function gone(variants, now, option, value) {
  const wanted = now.option_values.map((chosen, place) => (place === option ? value : chosen));
  const meant = variants.find((variant) => variant.option_values.every((chosen, place) => chosen === wanted[place]));
  return !meant || !buyable(meant);
}

/** @param {Variant} variant */
export const buyable = (variant) => variant.in_stock && variant.price !== null;
