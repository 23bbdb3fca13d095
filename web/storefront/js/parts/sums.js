// @ts-check
/** What it comes to. */
import { h } from "../dom.js";
import { money } from "../money.js";

/**
 * @param {{ currency: string, subtotal: number, shipping: number, rounding: number, total: number,
 *   requires_shipping: boolean }} sums
 */
export function sums({ currency, subtotal, shipping, rounding, total, requires_shipping: ships }) {
  return h(
    "dl",
    {},
    row("Subtotal", money(subtotal, currency)),
    ships && row("Shipping", shipping ? money(shipping, currency) : "Free"),
    rounding !== 0 && row("Rounding", money(rounding, currency)),
    row("Total", money(total, currency), "all"),
  );
}

/** @param {string} words @param {string} amount @param {string} [name] */
const row = (words, amount, name) => h("div", { class: name }, h("dt", {}, words), h("dd", { class: "money" }, amount));

/**
 * The lines in short, for beside a form.
 * @param {{ title: string, variant_title: string, quantity: number, total: number }[]} lines
 * @param {string} currency
 */
export function mini(lines, currency) {
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
      h("span", { class: "money" }, money(line.total, currency)),
    );
  return h("ul", { class: "mini" }, lines.map(item));
}
