// @ts-check
/** Where it goes, who pays; then the order is placed and the person goes on to pay. */
import { openAttempt, placeOrder, resume } from "../attempt.js";
import { readCart } from "../cart.js";
import { addressRules } from "../countries.js";
import { h } from "../dom.js";
import { money } from "../money.js";
import { payAddress } from "../pay.js";
import { addressFields } from "../parts/address.js";
import { choices, chosen, further, PRICED } from "../parts/choices.js";
import { field, form, values } from "../parts/forms.js";
import { nothing } from "../parts/states.js";
import { clock } from "../parts/standing.js";
import { mini, sums } from "../parts/sums.js";
import { priceOf, readSettings } from "../pricing.js";
import { asProblem, Problem } from "../problem.js";
import { go, reach } from "../router.js";
import { account, signInHere } from "../session.js";
import { passing } from "../storage.js";
import { orderable } from "./cart.js";

const DRAFT = "checkout-draft";
const ADDRESS = ["name", "line1", "line2", "postal_code", "city", "region", "country", "phone"];
// What the cart page explains better than a form can.
const OF_THE_CART = new Set(["out-of-stock", "cart-changed", "unknown-variant", "total-not-payable"]);

/** @param {import("../router.js").Visit} visit */
export async function checkoutView({ signal }) {
  const open = openAttempt();
  const cart = await readCart(signal);
  if (open && !cart?.lines.length) {
    await arrive(await resume(open)); // the order went through, but its answer was lost
    return { title: "Your order", node: h("p", {}, "Your order is placed.") };
  }
  if (cart?.order_id && !cart.lines.length) return { title: "Check out", node: ordered(cart) };
  if (!cart?.lines.length)
    return {
      title: "Check out",
      node: nothing("Your cart is empty", "There is nothing to check out yet.", ["Look around", "/"]),
    };
  if (!orderable(cart))
    return {
      title: "Check out",
      node: nothing("Not quite yet", "Some of your cart cannot be ordered as it is.", ["See your cart", "/cart"]),
    };
  const [rules, settings] = await Promise.all([addressRules(signal), readSettings(signal)]);
  reach("checkout");
  return { title: "Check out", node: page(cart, rules, settings) };
}

/** @param {import("../cart.js").Cart} cart */
function ordered({ order_id: id, order_number: number, payable_until: until }) {
  const text = `Order ${number} waits for your payment until ${clock(until ?? "")}.`;
  return nothing("This is ordered already", text, ["Go to the order", `/orders/${id}`]);
}

/**
 * @param {import("../cart.js").Cart} cart
 * @param {Map<string, import("../countries.js").Rules>} rules
 * @param {import("../pricing.js").Settings} settings
 */
function page(cart, rules, settings) {
  const more = choices(settings, before);
  const made = form({
    parts: cart.requires_shipping ? [contact(), address(rules), more.node] : [contact(), more.node],
    button: "Place the order and pay",
    busy: "Placing your order…",
    send,
  });
  // A field that the chosen country has no use for keeps what was typed into it.
  made.addEventListener("input", () => passing.set(DRAFT, { ...passing.get(DRAFT), ...values(made) }));
  made.addEventListener("change", (event) => {
    if (event.target instanceof Element && PRICED.has(event.target.getAttribute("name") ?? "")) ask();
  });
  let shown = cart;
  /** @type {import("../pricing.js").Calculation | null} */
  let priced = null;
  let asked = Promise.resolve();
  const side = h("aside", { class: "sums", "aria-labelledby": "your-order" });
  show();
  ask();

  /** Asks what it costs with what is chosen so far; of several answers the last question's counts. */
  function ask() {
    const mine = priceOf(chosen(values(made))).then((found) => {
      if (asked !== mine) return;
      priced = found;
      show();
    });
    asked = mine;
  }

  function show() {
    more.show(priced);
    side.replaceChildren(...beside(shown, costs()));
  }

  /** What it comes to, as it is shown. */
  function costs() {
    return priced ? { ...priced, shipping_known: priced.shipping_problem === null } : shown;
  }

  /** @param {Record<string, string>} typed */
  async function send(typed) {
    const shipping = Object.fromEntries(ADDRESS.map((name) => [name, typed[`shipping_address.${name}`] || null]));
    const { total } = costs();
    await asked;
    if (costs().total.amount !== total.amount)
      throw new Problem(409, {
        title: `It comes to ${money(costs().total)} now. Look it over, and press the button again`,
      });
    try {
      const where = shown.requires_shipping ? { shipping_address: shipping } : {};
      const wish = { email: typed.email ?? "", ...where, ...further(typed, priced), expected_total: total };
      await arrive(await placeOrder(wish, basketOf(shown, total)));
    } catch (error) {
      const problem = asProblem(error);
      if (problem.type === "price-changed") {
        const before = shown;
        shown = (await readCart().catch(() => null)) ?? shown;
        ask();
        await asked;
        problem.message = `${changed(before, shown, problem.body, total)} Nothing was ordered. Look it over; to order at this price, press the button again.`;
      }
      throw explained(problem);
    }
  }

  return h(
    "div",
    {},
    h("h1", {}, "Check out"),
    !account() &&
      h(
        "p",
        { class: "soft" },
        "You can buy as a guest. Or ",
        h("a", { href: signInHere() }, "sign in"),
        " to find the order in your account later.",
      ),
    h("div", { class: "two" }, made, side),
  );
}

/** @param {import("../cart.js").Cart} cart @param {import("../parts/sums.js").Sums} costs */
const beside = (cart, costs) => [
  h("h2", { id: "your-order" }, "Your order"),
  mini(cart.lines),
  sums(costs),
  h("p", { class: "soft small" }, "You pay on the next page. Until then nothing is charged."),
];

/**
 * What is ordered: another of it is another order.
 * @param {import("../cart.js").Cart} cart
 * @param {import("../money.js").Money} total
 */
const basketOf = (cart, total) => JSON.stringify([total, cart.lines.map((line) => [line.variant_id, line.quantity])]);

/**
 * What is another by now than it was shown.
 * @param {import("../cart.js").Cart} before
 * @param {import("../cart.js").Cart} now
 * @param {import("../problem.js").Body} told
 * @param {import("../money.js").Money} was
 */
function changed(before, now, told, was) {
  const prices = new Map(before.lines.map((line) => [line.variant_id, line.unit_price.amount]));
  const others = now.lines.filter((line) => prices.get(line.variant_id) !== line.unit_price.amount);
  const said = others.map((line) => `${line.title} costs ${money(line.unit_price)} each.`);
  const total = `The price has changed to ${money(told.total)}, from ${money(was)}.`;
  return [total, ...said].join(" ");
}

/** @param {Problem} problem */
function explained(problem) {
  if (problem.type === "out-of-stock")
    problem.message = `${shortage(problem.body.lines)} Nothing was charged. Go back to your cart to change it.`;
  else if (problem.type === "hold-limit") {
    problem.message = String(problem.body.detail ?? problem.message);
    problem.links = openOrders(problem.body.orders);
  } else if (problem.type === "cart-ordered") {
    problem.message = String(problem.body.detail ?? problem.message);
    problem.links = openOrders([{ id: problem.body.order_id, number: problem.body.order_number }]);
  } else if (OF_THE_CART.has(problem.type)) problem.message += " Nothing was charged. Have a look at your cart.";
  else if (problem.unknown) problem.message += " Press the button again: you will not order twice.";
  return problem;
}

/** Where what is open can be paid or cancelled. @param {unknown} orders @returns {[string, string][]} */
function openOrders(orders) {
  if (!Array.isArray(orders) || !orders.length) return [["See your orders", "/orders"]];
  return orders.map(({ id, number }) => [`Order ${number}`, `/orders/${encodeURIComponent(id)}`]);
}

/** @param {unknown} lines */
function shortage(lines) {
  if (!Array.isArray(lines) || !lines.length) return "Somebody was faster: part of your cart has just been sold.";
  const said = lines.map(({ sku, available }) => `${sku} (${available ? `${available} left` : "sold out"})`);
  return `Somebody was faster: there is not enough of ${said.join(", ")}.`;
}

/** Shows the order, and leaves for the pay page if there is one. @param {import("../attempt.js").Placed} placed */
async function arrive({ order, payment }) {
  passing.set(DRAFT, null);
  await go(`/orders/${order.id}`, { replace: true });
  const address = payment && payAddress(payment, order.id);
  if (address) location.assign(address);
}

/** What was typed before, over what is known. @param {string} name @param {string | null} [known] */
const before = (name, known) => passing.get(DRAFT)?.[name] || known || "";

const contact = () =>
  h(
    "fieldset",
    { class: "part" },
    h("legend", {}, "Who buys?"),
    field({
      name: "email",
      label: "E-mail address",
      type: "email",
      autocomplete: "email",
      hint: "The confirmation goes there.",
      value: before("email", account()?.email),
      more: { maxlength: 254 },
    }),
  );

/** @param {Map<string, import("../countries.js").Rules>} rules */
function address(rules) {
  const known = (/** @type {string} */ part) => (part === "name" ? account()?.name : "");
  const fields = addressFields(rules, "shipping_address", (part) => before(`shipping_address.${part}`, known(part)));
  return h("fieldset", { class: "part" }, h("legend", {}, "Where does it go?"), fields);
}
