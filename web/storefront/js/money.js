// @ts-check
/** Amounts in minor units, written as the reader's language writes them. */

/** @typedef {{ amount: number, currency: string }} Money */

/** @type {Map<string, { format: Intl.NumberFormat, unit: number }>} */
const known = new Map();

/**
 * @param {number} amount minor units
 * @param {string} currency ISO 4217
 */
export function money(amount, currency) {
  let way = known.get(currency);
  if (!way) {
    const format = new Intl.NumberFormat(undefined, { style: "currency", currency });
    way = { format, unit: 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2) };
    known.set(currency, way);
  }
  return way.format.format(amount / way.unit);
}

/**
 * "€25.00", or "from €25.00" where there are dearer ones.
 * @param {Money} from
 * @param {Money} to
 */
export function priceFrom(from, to) {
  const text = money(from.amount, from.currency);
  return to.amount > from.amount ? `from ${text}` : text;
}
