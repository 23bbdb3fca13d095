// @ts-check
/**
 * Who is signed in. The access token lives in this module's memory alone; the refresh token is a cookie that no
 * script can read. What is stored is only that there may be such a cookie, so that guests are not asked for one.
 */
import { query, request } from "./api.js";
import { address } from "./page.js";
import { Problem } from "./problem.js";
import { lasting } from "./storage.js";
import { language } from "./texts.js";

/** @typedef {{ id: string, email: string, name: string | null, roles: string[] }} Account */

const MAYBE = "signed-in";
const EARLY_MS = 20_000;
const ENDED = new Set([401, 403]);
// Mails about accounts are written in these.
const MAILED = new Set(["en", "de"]);

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
    if (problem.type === "step-up-required") throw problem; // a token as young as that one asks for the same
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
export const signUp = (wish) =>
  request("POST", "/api/v1/accounts", { body: { ...wish, language: MAILED.has(language) ? language : null } });

/**
 * Makes the account of a mailed link, and signs in to it.
 * @param {{ token: string, password: string, name: string | null }} wish
 */
export async function confirm(wish) {
  const { email } = await request("POST", "/api/v1/email-verifications", { body: wish });
  await signIn({ email, password: wish.password });
}

/**
 * Proves once more who is signed in: for some minutes the shop lets them do what it asks that for.
 * @param {{ password: string, code?: string }} wish
 */
export async function stepUp(wish) {
  const bearer = await token();
  const headers = { Authorization: bearer && `Bearer ${bearer}` };
  const answer = await request("POST", "/api/v1/sessions/step-up", { body: wish, headers });
  if (session) Object.assign(session, { token: answer.access_token, until: until(answer) });
}

/**
 * Chooses another password: the shop ends all sessions of the account.
 * @param {{ current_password: string, password: string }} wish
 */
export async function changePassword(wish) {
  await call("PUT", "/api/v1/accounts/me/password", { body: wish });
  end();
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
export const signInHere = () => address(`/sign-in${query({ next: location.pathname + location.search })}`);

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
  // An answer that is lost with the page would leave a cookie behind that is used up.
  const more = { headers: { "X-Mercat": "refresh" }, lasting: true };
  begin(await request("POST", "/api/v1/sessions/refresh", more));
}

/** @param {{ access_token: string, expires_in: number, account: Account }} answer */
function begin(answer) {
  const before = session?.account.id;
  session = {
    token: answer.access_token,
    until: until(answer),
    account: answer.account,
  };
  lasting.set(MAYBE, true);
  if (before !== answer.account.id) changes.dispatchEvent(new Event("change"));
}

/** @param {{ expires_in: number }} answer */
const until = ({ expires_in: seconds }) => Date.now() + seconds * 1000 - EARLY_MS;

function end() {
  session = null;
  lasting.set(MAYBE, null);
  changes.dispatchEvent(new Event("change"));
}

window.addEventListener("storage", (event) => {
  if (event.key !== `mercat.${MAYBE}` || event.newValue !== null || !session) return;
  end(); // signed out in another tab
});
