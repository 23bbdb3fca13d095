// @ts-check
/** What an address is made of in each country, as the shop tells it; countries are named in the reader's language. */
import { request } from "./api.js";

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
  zip: "ZIP code",
  pin: "PIN code",
  eircode: "Eircode",
  postal: "Postcode",
  city: "Town or city",
  post_town: "Town or city",
  district: "District",
  suburb: "Suburb or town",
  state: "State",
  province: "Province",
  county: "County",
  prefecture: "Prefecture",
  emirate: "Emirate",
  area: "Area",
  department: "Department",
  island: "Island",
  parish: "Parish",
  do_si: "Province or city",
  oblast: "Region",
};
/** @type {Partial<Record<Part, string>>} */
const USUAL = { postal_code: "Postcode", city: "Town or city", region: "State or province" };

const names = new Intl.DisplayNames(undefined, { type: "region" });
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
  return named.sort(([, one], [, other]) => one.localeCompare(other));
}

/** Where this reader probably lives; empty if their browser does not say. @param {Map<string, Rules>} all */
export function likelyCountry(all) {
  const region = new Intl.Locale(navigator.language || "en").region ?? "";
  return all.has(region) ? region : "";
}
