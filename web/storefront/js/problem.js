// @ts-check
/** What went wrong, as a sentence for a person. The API's own words (RFC 9457) are used where they suit one. */
import { language, t } from "./texts.js";

/** @typedef {{ field: string, message: string, code: string }} FieldError */

/** @type {Record<string, string>} */
const SENTENCES = {
  unreachable: t("The shop cannot be reached. Check your connection, then try again."),
  timeout: t("The shop took too long to answer. Please try again."),
  page: t("This page has a fault. Reload it, please."),
  "cart-not-found": t(
    "Your cart was ordered already, or has been forgotten after a long time. You can fill a new one.",
  ),
  "cart-changed": t("Your cart changed in the meantime. Look it over, then try again."),
  "cart-empty": t("There is nothing in your cart yet."),
  "cart-full": t("Your cart is full. Take something out, or order what is in it first."),
  "unknown-variant": t("This is not sold here any more."),
  "shipping-not-offered": t("The shop does not ship to this address in this way."),
  "payment-method-not-offered": t("This way to pay is not offered any more. Choose another one."),
  "discount-rejected": t("The discount code does not count for this order."),
  "discount-used-up": t("The discount was used up by others meanwhile. Look at the total without it."),
  "too-many-declines": t("Too many cards were declined. Try again in an hour, or pay in another way."),
  "order-not-cancellable": t("The order has gone too far to be cancelled here."),
  "session-ended": t("You have been signed out. Please sign in again."),
  unauthenticated: t("Please sign in first."),
  "cross-site": t("Your browser did not say that this page asked. Reload the page, then sign in again."),
  "invalid-credentials": t("The e-mail address or the password is not right."),
  "wrong-password": t("Your present password is not right."),
  "weak-password": t("This password is too easy to guess. Choose another one."),
  "registration-not-found": t("This link is not good any more. Links are good for 24 hours: ask for a new one."),
  "registration-used": t("This link was used already. Sign in with the password that you chose then."),
  "link-not-found": t("This link is not good any more: it is too old, or was used. Ask for a new one."),
  "invitation-not-found": t("This invitation is not good any more. Ask who invited you for a new one."),
  "second-factor-required": t("Type the code that your application shows now."),
  "wrong-code": t("The code is not right. Type the one that your application shows now."),
  "email-taken": t("There is an account with this address already. Sign in instead."),
  "mail-not-configured": t("No account can be made right now, as the shop cannot send mail. You can buy without one."),
  "no-mail-server": t("The shop cannot send mail right now. Please try again later."),
  "sign-in-busy": t("Many people are signing in right now. Try again in a few seconds."),
  "too-many-addresses": t("You have as many addresses as can be kept. Delete one first."),
  "erasure-blocked": t("The account cannot be deleted while an order or a payment of yours is open."),
  "not-returnable": t("So many pieces cannot be sent back. Look at what is left."),
  "return-limit": t("This order has as many returns as it can. Please write to us."),
  "return-not-changeable": t("This return cannot be changed any more."),
  "dependency-unavailable": t("A part of the shop does not answer right now. Try again in a few seconds."),
  "idempotency-key-running": t("This is still being done. Give it a few seconds, then try again."),
  "validation-error": t("Some of what you typed is not right yet. Look at the fields that are marked."),
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
  return new Problem(0, { type: "page" });
}

/** A refusal that these pages make themselves. @param {string} message */
export function refusal(message) {
  const problem = new Problem(409, {});
  problem.message = message;
  return problem;
}

/**
 * @param {number} status
 * @param {{ type?: string, title?: string, detail?: string }} body
 * @param {number} [wait]
 */
function sentence(status, body, wait) {
  if (status === 429) return soon(wait);
  const known = SENTENCES[body.type ?? ""];
  if (known) return known;
  if (status >= 500) return t("Something went wrong on our side. Please try again in a moment.");
  // The API speaks English.
  const parts = language === "en" ? [body.title, body.detail] : [];
  const said = parts.filter(Boolean).map((part) => String(part).replace(/[.\s]*$/, "."));
  return said.join(" ") || t("That did not work. Please try again.");
}

/** @param {number} [seconds] */
function soon(seconds) {
  if (!seconds) return t("That was a little too fast. Please try again in a moment.");
  if (seconds < 90) return t("That was a little too fast. Please try again in {seconds} seconds.", { seconds });
  const minutes = Math.ceil(seconds / 60);
  return t("That was a little too fast. Please try again in {minutes} minutes.", { minutes });
}
