// @ts-check
/** Why an order was not placed, and where to go on. */
import { money } from "../money.js";
import { address } from "../page.js";
import { language, t } from "../texts.js";

/** @typedef {import("../problem.js").Problem} Problem */

// What the cart page explains better than a form can.
const OF_THE_CART = new Set(["out-of-stock", "cart-changed", "unknown-variant", "total-not-payable"]);

/**
 * What is another by now than it was shown.
 * @param {import("../cart.js").Cart} before
 * @param {import("../cart.js").Cart} now
 * @param {import("../problem.js").Body} told
 * @param {import("../money.js").Money} was
 */
export function changed(before, now, told, was) {
  const prices = new Map(before.lines.map((line) => [line.variant_id, line.unit_price.amount]));
  const others = now.lines.filter((line) => prices.get(line.variant_id) !== line.unit_price.amount);
  const said = others.map((line) =>
    t("{what} costs {price} each.", { what: line.title, price: money(line.unit_price) }),
  );
  const total = t("The price has changed to {now}, from {before}.", { now: money(told.total), before: money(was) });
  const on = t("Nothing was ordered. Look it over; to order at this price, press the button again.");
  return [total, ...said, on].join(" ");
}

/** @param {Problem} problem */
export function explained(problem) {
  if (problem.type === "out-of-stock")
    problem.message = `${shortage(problem.body.lines)} ${t("Nothing was charged. Go back to your cart to change it.")}`;
  else if (problem.type === "hold-limit") {
    problem.message = inWords(
      problem,
      t("You hold as much without paying as is allowed. Pay or cancel an order first."),
    );
    problem.links = openOrders(problem.body.orders);
  } else if (problem.type === "cart-ordered") {
    problem.message = inWords(problem, t("This cart is ordered already, and its order waits for payment."));
    problem.links = openOrders([{ id: problem.body.order_id, number: problem.body.order_number }]);
  } else if (OF_THE_CART.has(problem.type))
    problem.message += ` ${t("Nothing was charged. Have a look at your cart.")}`;
  else if (problem.unknown) problem.message += ` ${t("Press the button again: you will not order twice.")}`;
  return problem;
}

/** The API says it in English. @param {Problem} problem @param {string} otherwise */
const inWords = ({ body }, otherwise) => (language === "en" && body.detail ? String(body.detail) : otherwise);

/** Where what is open can be paid or cancelled. @param {unknown} orders @returns {[string, string][]} */
function openOrders(orders) {
  if (!Array.isArray(orders) || !orders.length) return [[t("See your orders"), address("/orders")]];
  return orders.map(({ id, number }) => [
    t("Order {number}", { number }),
    address(`/orders/${encodeURIComponent(id)}`),
  ]);
}

/** @param {unknown} lines */
function shortage(lines) {
  if (!Array.isArray(lines) || !lines.length) return t("Somebody was faster: part of your cart has just been sold.");
  const said = lines.map(
    ({ sku, available }) => `${sku} (${available ? t("{count} left", { count: available }) : t("sold out")})`,
  );
  return t("Somebody was faster: there is not enough of {what}.", { what: said.join(", ") });
}
