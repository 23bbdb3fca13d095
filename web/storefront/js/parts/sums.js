// @ts-check
/** What it comes to. */
import { h } from "../dom.js";
import { money } from "../money.js";

/** @typedef {import("../money.js").Money} Money */

/**
 * @param {{ subtotal: Money, shipping: Money, rounding: Money, total: Money, requires_shipping: boolean }} sums
 */
export function sums({ subtotal, shipping, rounding, total, requires_shipping: ships }) {
  return h(
    "dl",
    {},
    row("Subtotal", money(subtotal)),
    ships && row("Shipping", shipping.amount ? money(shipping) : "Free"),
    rounding.amount !== 0 && row("Rounding", money(rounding)),
    row("Total", money(total), "all"),
  );
}

/** @param {string} words @param {string} amount @param {string} [name] */
const row = (words, amount, name) => h("div", { class: name }, h("dt", {}, words), h("dd", { class: "money" }, amount));

/**
 * The lines in short, for beside a form.
 * @param {{ title: string, variant_title: string, quantity: number, total: Money }[]} lines
 */
export function mini(lines) {
  const item = (/** @type {typeof lines[number]} */ line) =>
    h(
      "li",
      {},
      h(
        "div",
        {},
        `${line.quantity} × ${line.title}`,
        line.variant_title && h("div", { class: "soft small" }, line.variant_title),
      ),
      h("span", { class: "money" }, money(line.total)),
    );
  return h("ul", { class: "mini" }, lines.map(item));
}
