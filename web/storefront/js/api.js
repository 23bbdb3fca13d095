// @ts-check
/** Asks the shop's API. Whatever is not a success is thrown as a Problem. */
import { Problem } from "./problem.js";

const PATIENCE_MS = 20_000;

/**
 * @typedef {object} Options
 * @property {unknown} [body] sent as JSON
 * @property {Record<string, string | null | undefined>} [headers] those without a value are left out
 * @property {AbortSignal} [signal]
 * @property {boolean} [file] the answer is a file
 * @property {boolean} [lasting] goes on when the page is left
 */

/**
 * @param {string} method
 * @param {string} path from the root, with its query
 * @param {Options} [options]
 * @returns {Promise<any>} the JSON answered, null where there is none; of a file a Blob
 */
export async function request(method, path, { body, headers = {}, signal, file = false, lasting = false } = {}) {
  const given = Object.entries(headers).filter(([, value]) => value);
  const patience = AbortSignal.timeout(PATIENCE_MS);
  let response, text;
  try {
    response = await fetch(path, {
      method,
      headers: {
        Accept: "application/json",
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        .../** @type {Record<string, string>} */ (Object.fromEntries(given)),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "same-origin",
      keepalive: lasting,
      signal: signal ? AbortSignal.any([signal, patience]) : patience,
    });
    if (file && response.ok) return await response.blob();
    text = await response.text();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem(0, { type: patience.aborted ? "timeout" : "unreachable" });
  }
  const answer = parse(text);
  if (response.ok) return answer;
  const wait = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
  throw new Problem(response.status, answer ?? {}, Number.isFinite(wait) ? wait : undefined);
}

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * A query string, `?` included, of what has a value.
 * @param {Record<string, string | number | boolean | null | undefined>} fields
 */
export function query(fields) {
  const given = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text ? `?${text}` : "";
}
