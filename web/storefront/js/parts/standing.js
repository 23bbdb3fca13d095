// @ts-check
/** Where an order stands, in words. */
import { h } from "../dom.js";
import { locale } from "../page.js";
import { t } from "../texts.js";

/** @typedef {import("../orders.js").Order} Order */
/**
 * @typedef {object} Standing
 * @property {string} title
 * @property {string} text
 * @property {0 | 1 | 2 | 3} step the one it is at; 0: it will not arrive
 * @property {"good" | "warn" | "bad" | ""} kind
 * @property {string} short
 */

/** @type {Record<string, string>} */
const REASONS = {
  out_of_stock: t("Part of it had just been sold to somebody else. You were not charged."),
  expired: t("It was not paid in time, so it was given back. You were not charged."),
  stock_lost: t("It was not paid in time and has been sold meanwhile. The hold on your card is lifted."),
  cancelled_by_customer: t("You cancelled it. You were not charged."),
  payment_unavailable: t("The payment could not be opened. You were not charged."),
};
const CANCELLED = t("It was cancelled, and you were not charged.");

/**
 * @param {Order} order
 * @param {string | null} [said] how the pay page said it went
 * @returns {Standing}
 */
export function standing(order, said = null) {
  switch (order.status) {
    case "paid":
      return {
        title: t("Thank you. It is yours."),
        text: t("Your payment has arrived. A confirmation goes to {email}.", { email: order.email }),
        step: 3,
        kind: "good",
        short: t("Paid"),
      };
    case "authorised":
    case "stock_committed":
      return {
        title: t("Almost there"),
        text: order.total.amount
          ? t("Your bank has agreed. We are finishing your order.")
          : t("We are finishing your order."),
        step: 2,
        kind: "good",
        short: t("Payment in progress"),
      };
    case "cancelling":
      return {
        title: t("Cancelling your order"),
        text: reason(order),
        step: 0,
        kind: "warn",
        short: t("Being cancelled"),
      };
    case "cancelled":
      return { title: t("This order was cancelled"), text: reason(order), step: 0, kind: "bad", short: t("Cancelled") };
    default:
      if (said === "succeeded")
        return {
          title: t("Checking your payment"),
          text: t(
            "The pay page says it went well. We are waiting for the bank to tell us too; this takes a few seconds.",
          ),
          step: 2,
          kind: "",
          short: t("Payment in progress"),
        };
      return {
        title: t("Waiting for your payment"),
        text: t("We hold everything for you until {time}. Pay by then and it is yours.", { time: until(order) }),
        step: 1,
        kind: "warn",
        short: t("Not paid yet"),
      };
  }
}

/** An hour for a card, a day for what takes days. @param {Order} order */
const until = (order) => (order.payment_method === "card" ? clock(order.expires_at) : day(order.expires_at));

/** @param {Order} order */
const reason = ({ cancel_reason: why }) => (why && REASONS[why]) || CANCELLED;

/** Whether nothing more will happen to it by itself. @param {Order} order */
export const ended = ({ status }) => status === "paid" || status === "cancelled";

/** Whether its customer can still pay or cancel it. @param {Order} order */
export const payable = ({ status }) => status === "placed" || status === "pending_payment";

/** @param {Order} order */
export function badge(order) {
  const { short, kind } = standing(order);
  return h("span", { class: `badge ${kind}` }, short);
}

/** The way from order to end; nothing for one that was cancelled. @param {Standing} standing */
export function steps({ step }) {
  if (!step) return null;
  const names = [t("Ordered"), t("Payment"), t("Confirmed")];
  const item = (/** @type {string} */ name, /** @type {number} */ place) => {
    const done = place < step;
    const now = place === step;
    return h(
      "li",
      { class: done ? "done" : now && "now", "aria-current": now && "step" },
      name,
      done && h("span", { class: "unseen" }, t(", done")),
    );
  };
  return h("ol", { class: "steps", "aria-label": t("Progress") }, names.map(item));
}

/** @param {string} time */
export const day = (time) => new Intl.DateTimeFormat(locale, { dateStyle: "long" }).format(new Date(time));

/** @param {string} time */
export const clock = (time) => new Intl.DateTimeFormat(locale, { timeStyle: "short" }).format(new Date(time));

/** Of an order that a cart has become. @param {string | null} number @param {string | null} until */
export const waits = (number, until) =>
  t("Order {number} waits for your payment until {time}.", { number: number ?? "", time: clock(until ?? "") });
