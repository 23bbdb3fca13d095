// @ts-check
/** The words of scripts in the page's language: English stands in the code, the others in texts/{language}.json. */

const SPOKEN = new Set(["de"]);
const PATIENCE_MS = 5000;

/** The page's language without its country. */
export const language = (globalThis.document?.documentElement.lang || "en").split("-")[0] ?? "en";

/** @type {Record<string, string>} */
const known = SPOKEN.has(language) ? await load() : {};

/** @returns {Promise<Record<string, string>>} none where they cannot be had: the page speaks English then */
async function load() {
  try {
    const address = new URL(`../texts/${language}.json`, import.meta.url);
    const answer = await fetch(address, { signal: AbortSignal.timeout(PATIENCE_MS) });
    return answer.ok ? await answer.json() : {};
  } catch {
    return {};
  }
}

/** @param {string} text */
const translated = (text) => (Object.hasOwn(known, text) ? (known[text] ?? text) : text);

/**
 * A text, its `{names}` replaced by values.
 * @param {string} text in English, as a literal: a test looks for them
 * @param {Record<string, string | number>} [values]
 */
export const t = (text, values = {}) =>
  translated(text).replace(/\{(\w+)\}/g, (whole, name) => (Object.hasOwn(values, name) ? String(values[name]) : whole));

/**
 * A text as nodes, its `{names}` replaced by elements such as links.
 * @param {string} text as with `t`
 * @param {Record<string, Node | string>} parts
 * @returns {(Node | string)[]}
 */
export const phrase = (text, parts) =>
  translated(text)
    .split(/\{(\w+)\}/)
    .map((piece, place) => (place % 2 ? (parts[piece] ?? "") : piece));
