// @ts-check
/**
 * Who is signed in. The access token lives in this module's memory alone; the refresh token is a cookie that no
 * script can read. What is stored is only that there may be such a cookie, so that guests are not asked for one.
 */
import { query, request } from "./api.js";
import { Problem } from "./problem.js";
import { lasting } from "./storage.js";

/** @typedef {{ id: string, email: string, name: string | null, roles: string[] }} Account */

const MAYBE = "signed-in";
const EARLY_MS = 20_000;
const ENDED = new Set([401, 403]);

/** @type {{ token: string, until: number, account: Account } | null} */
let session = null;
/** @type {Promise<void> | null} */
let refreshing = null;
/** Tells "change" whenever somebody signs in or out. */
export const changes = new EventTarget();

/** The account, if it is known already; see `settled`. */
export const account = () => session?.account ?? null;

/** Whether somebody is signed in, as far as this browser knows. */
export const maybeSignedIn = () => session !== null || lasting.get(MAYBE) === true;

/**
 * The account once that is certain; null for a guest.
 * @throws {Problem} it cannot be known now
 */
export async function settled() {
  await token();
  return account();
}

/**
 * Like `request`, as the person who is signed in, or as a guest.
 * @param {string} method
 * @param {string} path
 * @param {import("./api.js").Options} [options]
 */
export async function call(method, path, options = {}) {
  const bearer = await token();
  const send = (/** @type {string | null} */ held) =>
    request(method, path, { ...options, headers: { ...options.headers, Authorization: held && `Bearer ${held}` } });
  try {
    return await send(bearer);
  } catch (problem) {
    if (!(problem instanceof Problem) || problem.status !== 401 || !bearer) throw problem;
    if (session?.token === bearer) session.until = 0; // ended elsewhere, or the shop's keys changed: ask once more
    return send(await token());
  }
}

/** @param {{ email: string, password: string, code?: string }} wish */
export async function signIn(wish) {
  begin(await request("POST", "/api/v1/sessions", { body: wish }));
}

/**
 * Asks for an account: a link is mailed. The answer is the same whether or not the address has one.
 * @param {{ email: string }} wish
 * @returns {Promise<{ email: string, token: string | null }>} the token where the shop sends no mail
 */
export const signUp = (wish) => request("POST", "/api/v1/accounts", { body: wish });

/**
 * Makes the account of a mailed link, and signs in to it.
 * @param {{ token: string, password: string, name: string | null }} wish
 */
export async function confirm(wish) {
  const { email } = await request("POST", "/api/v1/email-verifications", { body: wish });
  await signIn({ email, password: wish.password });
}

/** Ends the session at the shop; if that fails the person is told, and stays signed in. */
export async function signOut() {
  try {
    await call("DELETE", "/api/v1/sessions/current");
  } catch (problem) {
    if (!(problem instanceof Problem) || !ENDED.has(problem.status)) throw problem;
  }
  end();
}

/** The address of the sign-in page that leads back here. */
export const signInHere = () => `/sign-in${query({ next: location.pathname + location.search })}`;

/** @returns {Promise<string | null>} a token that is good for a while; null for a guest */
async function token() {
  if (session && Date.now() < session.until) return session.token;
  if (!maybeSignedIn()) return null;
  refreshing ??= refresh().finally(() => {
    refreshing = null;
  });
  await refreshing;
  return session?.token ?? null;
}

async function refresh() {
  try {
    // One tab at a time: each refresh replaces the cookie that the next one needs.
    await (navigator.locks ? navigator.locks.request("mercat.refresh", renew) : renew());
  } catch (problem) {
    if (!(problem instanceof Problem) || !ENDED.has(problem.status)) throw problem;
    end();
  }
}

async function renew() {
  begin(await request("POST", "/api/v1/sessions/refresh", { headers: { "X-Mercat": "refresh" } }));
}

/** @param {{ access_token: string, expires_in: number, account: Account }} answer */
function begin(answer) {
  const before = session?.account.id;
  session = {
    token: answer.access_token,
    until: Date.now() + answer.expires_in * 1000 - EARLY_MS,
    account: answer.account,
  };
  lasting.set(MAYBE, true);
  if (before !== answer.account.id) changes.dispatchEvent(new Event("change"));
}

function end() {
  session = null;
  lasting.set(MAYBE, null);
  changes.dispatchEvent(new Event("change"));
}

window.addEventListener("storage", (event) => {
  if (event.key !== `mercat.${MAYBE}` || event.newValue !== null || !session) return;
  end(); // signed out in another tab
});
