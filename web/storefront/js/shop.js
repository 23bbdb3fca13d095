// @ts-check
/** What the shop says of itself: its name and languages, and the texts of its policies. */
import { query, request } from "./api.js";

/** @typedef {{ kind: string, language: string, title: string, updated_at: string }} Heading */
/** @typedef {Heading & { body: string }} Policy */
/** @typedef {{ name: string, languages: string[], policies: Heading[] }} Shop */

/** In the order in which they stand below each page. */
const KINDS = ["imprint", "terms", "privacy", "returns", "shipping", "payment"];

/** @returns {Promise<Shop>} */
const readShop = () => request("GET", "/api/v1/shop");

/**
 * The first of the shop's languages that this reader understands, else its first.
 * @param {string[]} spoken
 */
function languageOf(spoken) {
  const plain = (/** @type {string} */ name) => name.split("-")[0];
  const liked = navigator.languages.map(plain);
  const best = liked.find((language) => spoken.some((each) => plain(each) === language));
  return spoken.find((each) => plain(each) === best) ?? spoken[0];
}

/**
 * The texts that there are, one of each kind.
 * @returns {Promise<Heading[]>}
 */
export async function listPolicies() {
  const { languages, policies } = await readShop();
  const wanted = languageOf(languages);
  const one = (/** @type {string} */ kind) => {
    const all = policies.filter((each) => each.kind === kind);
    return all.find((each) => each.language === wanted) ?? all[0];
  };
  return KINDS.flatMap((kind) => one(kind) ?? []);
}

/**
 * @param {string} kind
 * @param {AbortSignal} signal
 * @returns {Promise<Policy>} in the reader's language, if there is one
 */
export async function readPolicy(kind, signal) {
  const { languages } = await readShop();
  const path = `/api/v1/shop/policies/${encodeURIComponent(kind)}`;
  return request("GET", `${path}${query({ language: languageOf(languages) })}`, { signal });
}
