// @ts-check
/** What went wrong, as a sentence for a person. The API's own words (RFC 9457) are used where they suit one. */

/** @typedef {{ field: string, message: string, code: string }} FieldError */

/** @type {Record<string, string>} */
const SENTENCES = {
  unreachable: "The shop cannot be reached. Check your connection, then try again.",
  timeout: "The shop took too long to answer. Please try again.",
  "cart-not-found": "Your cart was ordered already, or has been forgotten after a long time. You can fill a new one.",
  "cart-changed": "Your cart changed in the meantime. Look it over, then try again.",
  "cart-empty": "There is nothing in your cart yet.",
  "unknown-variant": "This is not sold here any more.",
  "shipping-not-offered": "The shop does not ship to this address in this way.",
  "payment-method-not-offered": "This way to pay is not offered any more. Choose another one.",
  "discount-rejected": "The discount code does not count for this order.",
  "discount-used-up": "The discount was used up by others meanwhile. Look at the total without it.",
  "too-many-declines": "Too many cards were declined. Try again in an hour, or pay in another way.",
  "session-ended": "You have been signed out. Please sign in again.",
  unauthenticated: "Please sign in first.",
  "cross-site": "Your browser did not say that this page asked. Reload the page, then sign in again.",
  "invalid-credentials": "The e-mail address or the password is not right.",
  "registration-not-found": "This link is not good any more. Links are good for 24 hours: ask for a new one.",
  "registration-used": "This link was used already. Sign in with the password that you chose then.",
  "link-not-found": "This link is not good any more: it is too old, or was used. Ask for a new one.",
  "invitation-not-found": "This invitation is not good any more. Ask who invited you for a new one.",
  "second-factor-required": "Type the code that your application shows now.",
  "wrong-code": "The code is not right. Type the one that your application shows now.",
  "email-taken": "There is an account with this address already. Sign in instead.",
  "mail-not-configured": "No account can be made right now, as the shop cannot send mail. You can buy without one.",
  "sign-in-busy": "Many people are signing in right now. Try again in a few seconds.",
  "dependency-unavailable": "A part of the shop does not answer right now. Try again in a few seconds.",
  "idempotency-key-running": "Your order is still being placed. Give it a few seconds, then try again.",
  "validation-error": "Some of what you typed is not right yet. Look at the fields that are marked.",
};

/**
 * @typedef {object} Told
 * @property {string} [type]
 * @property {string} [title]
 * @property {string} [detail]
 * @property {FieldError[]} [errors]
 * @property {string} [request_id]
 * @typedef {Told & Record<string, any>} Body
 */

/** A refusal of the shop, or its silence (`status` 0). `message` is a sentence to show. */
export class Problem extends Error {
  /**
   * @param {number} status
   * @param {Body} body
   * @param {number} [wait] seconds until it makes sense to try again
   */
  constructor(status, body, wait) {
    super(sentence(status, body, wait));
    this.name = "Problem";
    this.status = status;
    this.type = body.type ?? "";
    /** @type {FieldError[]} */
    this.errors = Array.isArray(body.errors) ? body.errors : [];
    this.body = body;
    /** Where to go on, as words and addresses. @type {[string, string][]} */
    this.links = [];
    /** Worth quoting to the shop's people: only where the fault is on their side. */
    this.reference = status >= 500 ? (body.request_id ?? "") : "";
  }

  /** Whether what was asked for is not there, or not any more. */
  get missing() {
    return this.status === 404 || this.status === 410;
  }

  /** Whether it is not known if what was asked has been done. */
  get unknown() {
    return this.status === 0 || this.status >= 500;
  }
}

/**
 * Any error as a Problem; a mistake in these pages too.
 * @param {unknown} error
 */
export function asProblem(error) {
  if (error instanceof Problem) return error;
  console.error(error);
  return new Problem(0, { type: "page", title: "This page has a fault", detail: "Reload it, please." });
}

/**
 * @param {number} status
 * @param {{ type?: string, title?: string, detail?: string }} body
 * @param {number} [wait]
 */
function sentence(status, body, wait) {
  if (status === 429) return `That was a little too fast. Please try again ${soon(wait)}.`;
  const known = SENTENCES[body.type ?? ""];
  if (known) return known;
  if (status >= 500) return "Something went wrong on our side. Please try again in a moment.";
  const said = [body.title, body.detail].filter(Boolean).map((part) => String(part).replace(/[.\s]*$/, "."));
  return said.join(" ") || "That did not work. Please try again.";
}

/** @param {number} [seconds] */
function soon(seconds) {
  if (!seconds) return "in a moment";
  if (seconds < 90) return `in ${seconds} second${seconds === 1 ? "" : "s"}`;
  return `in ${Math.ceil(seconds / 60)} minutes`;
}
