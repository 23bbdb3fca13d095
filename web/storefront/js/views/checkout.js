// @ts-check
/** Where it goes, who pays; then the order is placed and the person goes on to pay. */
import { readAddresses } from "../accounts.js";
import { openAttempt, placeOrder, resume } from "../attempt.js";
import { readCart } from "../cart.js";
import { addressRules } from "../countries.js";
import { h } from "../dom.js";
import { money } from "../money.js";
import { address as addressOf } from "../page.js";
import { payPath } from "../pay.js";
import { addressFields } from "../parts/address.js";
import { choices, chosen, further, PRICED } from "../parts/choices.js";
import { field, form, values } from "../parts/forms.js";
import { nothing } from "../parts/states.js";
import { waits } from "../parts/standing.js";
import { mini, sums } from "../parts/sums.js";
import { priceOf, readSettings } from "../pricing.js";
import { asProblem, refusal } from "../problem.js";
import { account, signInHere } from "../session.js";
import { passing } from "../storage.js";
import { phrase, t } from "../texts.js";
import { reach } from "../view.js";
import { orderable } from "./cart.js";
import { changed, explained } from "./refusals.js";

const TITLE = t("Check out");
const DRAFT = "checkout-draft";
const ADDRESS = ["name", "line1", "line2", "postal_code", "city", "region", "country", "phone"];
// As the API takes it.
const LOCALE = /^[a-z]{2,3}(-[A-Z]{2})?$/;

/** @param {import("../view.js").Visit} visit */
export async function view({ signal }) {
  const open = openAttempt();
  const cart = await readCart(signal);
  if (open && !cart?.lines.length) {
    arrive(await resume(open)); // the order went through, but its answer was lost
    return { title: t("Your order"), node: h("p", {}, t("Your order is placed.")) };
  }
  if (cart?.order_id && !cart.lines.length) return { title: TITLE, node: ordered(cart) };
  if (!cart?.lines.length)
    return {
      title: TITLE,
      node: nothing(t("Your cart is empty"), t("There is nothing to check out yet."), [
        t("Look around"),
        addressOf("/"),
      ]),
    };
  if (!orderable(cart))
    return {
      title: TITLE,
      node: nothing(t("Not quite yet"), t("Some of your cart cannot be ordered as it is."), [
        t("See your cart"),
        addressOf("/cart"),
      ]),
    };
  const [rules, settings, book] = await Promise.all([addressRules(signal), readSettings(signal), ownAddresses()]);
  reach("checkout");
  return { title: TITLE, node: page(cart, rules, settings, book) };
}

/** The account's; without an answer they are typed in. @returns {Promise<import("../accounts.js").Address[]>} */
const ownAddresses = async () => (account() ? readAddresses().catch(() => []) : []);

/** @param {import("../cart.js").Cart} cart */
function ordered({ order_id: id, order_number: number, payable_until: until }) {
  const way = /** @type {[string, string]} */ ([t("Go to the order"), addressOf(`/orders/${id}`)]);
  return nothing(t("This is ordered already"), waits(number, until), way);
}

/**
 * @param {import("../cart.js").Cart} cart
 * @param {Map<string, import("../countries.js").Rules>} rules
 * @param {import("../pricing.js").Settings} settings
 * @param {import("../accounts.js").Address[]} book
 */
function page(cart, rules, settings, book) {
  const more = choices(settings, before);
  const made = form({
    parts: cart.requires_shipping ? [contact(), address(rules, book), more.node] : [contact(), more.node],
    button: t("Place the order and pay"),
    busy: t("Placing your order…"),
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
      throw refusal(
        t("It comes to {total} now. Look it over, and press the button again.", { total: money(costs().total) }),
      );
    try {
      const where = shown.requires_shipping ? { shipping_address: shipping } : {};
      const wish = {
        email: typed.email ?? "",
        ...where,
        ...further(typed, priced),
        expected_total: total,
        ...spoken(),
      };
      await arrive(await placeOrder(wish, basketOf(shown, total)));
    } catch (error) {
      const problem = asProblem(error);
      if (problem.type === "price-changed") {
        const before = shown;
        shown = (await readCart().catch(() => null)) ?? shown;
        ask();
        await asked;
        problem.message = changed(before, shown, problem.body, total);
      }
      throw explained(problem);
    }
  }

  return h(
    "div",
    {},
    h("h1", {}, TITLE),
    !account() &&
      h(
        "p",
        { class: "soft" },
        phrase("You can buy as a guest. Or {link} to find the order in your account later.", {
          link: h("a", { href: signInHere() }, t("sign in")),
        }),
      ),
    h("div", { class: "two" }, made, side),
  );
}

/** @param {import("../cart.js").Cart} cart @param {import("../parts/sums.js").Sums} costs */
const beside = (cart, costs) => [
  h("h2", { id: "your-order" }, t("Your order")),
  mini(cart.lines),
  sums(costs),
  h("p", { class: "soft small" }, t("You pay on the next page. Until then nothing is charged.")),
];

/** The order's mails are in the page's language. */
const spoken = () => {
  const { lang } = document.documentElement;
  return LOCALE.test(lang) ? { locale: lang } : {};
};

/**
 * What is ordered: another of it is another order.
 * @param {import("../cart.js").Cart} cart
 * @param {import("../money.js").Money} total
 */
const basketOf = (cart, total) => JSON.stringify([total, cart.lines.map((line) => [line.variant_id, line.quantity])]);

/**
 * Leaves for the pay page, with the order's page behind it; or for that, where nothing is paid here.
 * @param {import("../attempt.js").Placed} placed
 * @returns {Promise<never>}
 */
function arrive({ order, payment }) {
  passing.set(DRAFT, null);
  const page = addressOf(`/orders/${encodeURIComponent(order.id)}`);
  history.replaceState(history.state, "", page);
  if (payment) location.assign(payPath(order.id));
  else location.replace(page);
  return new Promise(() => {});
}

/** What was typed before, over what is known. @param {string} name @param {string | null} [known] */
const before = (name, known) => passing.get(DRAFT)?.[name] || known || "";

const contact = () =>
  h(
    "fieldset",
    { class: "part" },
    h("legend", {}, t("Who buys?")),
    field({
      name: "email",
      label: t("E-mail address"),
      type: "email",
      autocomplete: "email",
      hint: t("The confirmation goes there."),
      value: before("email", account()?.email),
      more: { maxlength: 254 },
    }),
  );

/** @param {Map<string, import("../countries.js").Rules>} rules @param {import("../accounts.js").Address[]} book */
function address(rules, book) {
  const usual = book.find((each) => each.default_shipping) ?? book[0];
  const known = (/** @type {import("../countries.js").Part | "country"} */ part) =>
    usual?.[part] ?? (part === "name" ? account()?.name : "");
  const fields = addressFields(rules, "shipping_address.", (part) => before(`shipping_address.${part}`, known(part)));
  return h("fieldset", { class: "part" }, h("legend", {}, t("Where does it go?")), fields);
}
