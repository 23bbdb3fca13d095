// @ts-check
/** What an address is made of in each country, as the shop tells it; countries are named in the page's language. */
import { request } from "./api.js";
import { locale } from "./page.js";
import { t } from "./texts.js";

/** @typedef {"name" | "line1" | "line2" | "city" | "region" | "postal_code" | "phone"} Part */
/**
 * @typedef {object} Rules
 * @property {string} code
 * @property {Part[]} fields in the order in which they are asked for
 * @property {Part[]} required
 * @property {Part[]} one_of at least one of them is needed too
 * @property {Partial<Record<Part, string>>} labels what people there call them
 */

/** Of a country that is not chosen yet. @type {Rules} */
export const ANYWHERE = {
  code: "",
  fields: ["name", "line1", "line2", "postal_code", "city", "region", "phone"],
  required: ["name", "line1"],
  one_of: [],
  labels: {},
};

/** @type {Record<string, string>} */
const WORDS = {
  zip: t("ZIP code"),
  pin: t("PIN code"),
  eircode: t("Eircode"),
  postal: t("Postcode"),
  city: t("Town or city"),
  post_town: t("Town or city"),
  district: t("District"),
  suburb: t("Suburb or town"),
  state: t("State"),
  province: t("Province"),
  county: t("County"),
  prefecture: t("Prefecture"),
  emirate: t("Emirate"),
  area: t("Area"),
  department: t("Department"),
  island: t("Island"),
  parish: t("Parish"),
  do_si: t("Province or city"),
  oblast: t("Region"),
};
/** @type {Partial<Record<Part, string>>} */
const USUAL = { postal_code: t("Postcode"), city: t("Town or city"), region: t("State or province") };

const names = new Intl.DisplayNames(locale, { type: "region" });
/** @type {Map<string, Rules> | null} */
let known = null;

/**
 * The rules of all countries, by code.
 * @param {AbortSignal} [signal]
 * @returns {Promise<Map<string, Rules>>}
 */
export async function addressRules(signal) {
  if (!known) {
    /** @type {{ items: Rules[] }} */
    const { items } = await request("GET", "/api/v1/checkout/countries", { signal });
    known = new Map(items.map((rules) => [rules.code, rules]));
  }
  return known;
}

/** What a part is called in a country. @param {Rules} rules @param {Part} part */
export const labelOf = (rules, part) => WORDS[rules.labels[part] ?? ""] ?? USUAL[part] ?? "";

/** @param {string} code */
export const countryName = (code) => names.of(code) ?? code;

/** Code and name, by name. @param {Map<string, Rules>} all @returns {[string, string][]} */
export function countries(all) {
  const named = [...all.keys()].map((code) => /** @type {[string, string]} */ ([code, countryName(code)]));
  return named.sort(([, one], [, other]) => one.localeCompare(other, locale));
}

/** Where this reader probably lives; empty if their browser does not say. @param {Map<string, Rules>} all */
export function likelyCountry(all) {
  const region = new Intl.Locale(navigator.language || "en").region ?? "";
  return all.has(region) ? region : "";
}
