// @ts-check
/**
 * Amounts in minor units, written as the page's language writes them. How many decimals a currency has the shop knows,
 * by ISO 4217; browsers often think otherwise (of HUF, IDR, ISK and others), and differ among themselves.
 */
import { locale } from "./page.js";
import { t } from "./texts.js";

/** @typedef {{ amount: number, currency: string }} Money minor units, ISO 4217 */

/** Decimal places where they are not two: as in chassis/values/money.py, which a test compares. @type {Record<string, number>} */
const PLACES = {
  ...{ BIF: 0, CLP: 0, DJF: 0, GNF: 0, ISK: 0, JPY: 0, KMF: 0, KRW: 0, PYG: 0, RWF: 0, UGX: 0, UYI: 0, VND: 0 },
  ...{ VUV: 0, XAF: 0, XOF: 0, XPF: 0, BHD: 3, IQD: 3, JOD: 3, KWD: 3, LYD: 3, OMR: 3, TND: 3, CLF: 4, UYW: 4 },
};

/** @type {Map<string, { format: Intl.NumberFormat, unit: number }>} */
const known = new Map();

/** @param {Money} money */
export function money({ amount, currency }) {
  let way = known.get(currency);
  if (!way) {
    const places = PLACES[currency] ?? 2;
    const digits = { minimumFractionDigits: places, maximumFractionDigits: places };
    const format = new Intl.NumberFormat(locale, { style: "currency", currency, ...digits });
    way = { format, unit: 10 ** places };
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
  const text = money(from);
  return to.amount > from.amount ? t("from {price}", { price: text }) : text;
}
