// @ts-check
/** What it comes to. */
import { h } from "../dom.js";
import { money } from "../money.js";
import { t } from "../texts.js";

/** @typedef {import("../money.js").Money} Money */

/**
 * Of a cart, or of an order, which also knows its taxes. `shipping_known` false: it depends on the address.
 * @typedef {{ subtotal: Money, discount?: Money, shipping: Money, shipping_known?: boolean, shipping_discount?: Money,
 *   tax?: Money, tax_added?: Money, tax_relief?: Money, rounding: Money, total: Money, requires_shipping: boolean }} Sums
 */

/** @param {Sums} of */
export function sums(of) {
  const { tax, tax_added: added } = of;
  return h(
    "dl",
    {},
    row(t("Subtotal"), money(of.subtotal)),
    less(t("Discount"), of.discount),
    of.requires_shipping && row(t("Shipping"), shippingOf(of)),
    less(t("Discount on shipping"), of.shipping_discount),
    less(t("Tax that is not owed"), of.tax_relief),
    added?.amount ? row(t("Tax"), money(added)) : false,
    of.rounding.amount !== 0 && row(t("Rounding"), money(of.rounding)),
    row(t("Total"), money(of.total), "all"),
    tax?.amount && !added?.amount ? row(t("Tax in it"), money(tax)) : false,
  );
}

/** @param {Sums} of */
function shippingOf({ shipping, shipping_known: known }) {
  if (known === false) return t("by your address");
  return shipping.amount ? money(shipping) : t("Free");
}

/** @param {string} words @param {Money} [off] */
const less = (words, off) => (off?.amount ? row(words, money({ ...off, amount: -off.amount })) : false);

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
