// @ts-check
/** One order: where it stands, followed until it is paid or cancelled. */
import { cartComesBack } from "../cart.js";
import { countryName } from "../countries.js";
import { h } from "../dom.js";
import { money } from "../money.js";
import { cancelOrder, cartOfOrder, keepOrderKey, readOrder } from "../orders.js";
import { address, say } from "../page.js";
import { outcome, payPath, tidyAddress } from "../pay.js";
import { openedInstructions } from "../payments.js";
import { papers } from "../parts/papers.js";
import { picture } from "../parts/picture.js";
import { day, ended, payable, standing, steps } from "../parts/standing.js";
import { nothing } from "../parts/states.js";
import { sums } from "../parts/sums.js";
import { asProblem, Problem } from "../problem.js";
import { maybeSignedIn, signInHere } from "../session.js";
import { t } from "../texts.js";
import { again, reach } from "../view.js";
import { further } from "./afterwards.js";
import { follow } from "./following.js";

/** @typedef {import("../orders.js").Order} Order */

const KEY = /^#token=([\w-]{43})$/;

/** @param {import("../view.js").Visit} visit */
export async function view({ id, query, signal }) {
  const said = outcome(query);
  if (said) tidyAddress();
  const key = takeKey();
  // Another link, opened in this tab: the page is the same one to the browser.
  window.addEventListener("hashchange", () => KEY.test(location.hash) && again(), { signal });
  let order;
  try {
    order = await opened(id, key, signal);
  } catch (problem) {
    if (problem instanceof Problem && (problem.status === 404 || problem.status === 422)) return unknown();
    throw problem;
  }
  const top = h("div", { class: "standing" });
  const how = h("div", {});
  const more = h("div", { class: "stack" });
  let told = standing(order, said).title;
  const draw = (/** @type {Order} */ now, /** @type {string} */ trouble = "") => {
    const words = standing(now, said);
    if (told !== words.title) say(words.title);
    told = words.title;
    if (words.step > 0) reach(words.step > 1 ? "paid" : "placed");
    fill(top, now, said, trouble, draw);
    if (!payable(now)) how.replaceChildren();
    if (now.status === "paid" && !more.hasChildNodes()) more.append(papers(now, signal));
    if (now.status === "cancelled") cartComesBack(cartOfOrder(id));
  };
  draw(order);
  if (payable(order) && order.payment_method !== "card") tellHow(how, order, signal);
  if (!ended(order)) follow(id, signal, Boolean(said), order, draw);
  return { title: t("Order {number}", { number: order.number }), node: h("div", {}, top, how, whole(order, more)) };
}

/** The key that a mailed link brings along, taken out of the address bar. */
function takeKey() {
  const key = KEY.exec(location.hash)?.[1] ?? null;
  if (key) history.replaceState(history.state, "", location.pathname + location.search);
  return key;
}

/**
 * The order. A link's key is kept once it has opened it: a wrong one takes the place of no good one.
 * @param {string} id @param {string | null} key @param {AbortSignal} signal
 */
async function opened(id, key, signal) {
  if (!key) return readOrder(id, signal);
  try {
    const order = await readOrder(id, signal, key);
    keepOrderKey(id, key, null);
    return order;
  } catch (problem) {
    if (problem instanceof Problem && problem.status === 404) return readOrder(id, signal);
    throw problem;
  }
}

function unknown() {
  const guest = !maybeSignedIn();
  const title = t("We cannot show this order");
  const find = /** @type {[string, string]} */ ([t("Find your order"), address("/orders/find")]);
  const text = guest
    ? t("If you ordered while signed in, sign in. If not, have a link mailed that opens the order on any device.")
    : t("This order belongs to somebody else, or the address is not quite right.");
  return {
    title: t("Order not found"),
    node: guest
      ? nothing(title, text, find, [t("Sign in"), signInHere()])
      : nothing(title, text, [t("Your orders"), address("/orders")], find),
  };
}

/**
 * @param {HTMLElement} place
 * @param {Order} order
 * @param {string | null} said
 * @param {string} trouble
 * @param {(order: Order, trouble?: string) => void} draw
 */
function fill(place, order, said, trouble, draw) {
  const words = standing(order, said);
  const focused = place.contains(document.activeElement) ? document.activeElement?.id : undefined;
  const waiting = !ended(order) && (!payable(order) || said === "succeeded");
  const failed = said === "failed" && payable(order);
  place.replaceChildren(
    h("p", { class: "eyebrow" }, `${t("Order {number}", { number: order.number })} · ${day(order.placed_at)}`),
    h(
      "h1",
      { id: "standing", tabindex: -1 },
      waiting && h("span", { class: "turning", "aria-hidden": "true" }),
      words.title,
    ),
    h("p", { class: "soft" }, words.text),
    steps(words) ?? "",
    h(
      "div",
      { role: "alert" },
      failed &&
        h(
          "p",
          { class: "notice bad" },
          t("The payment did not go through. You can try again, with another card if you like."),
        ),
      trouble && h("p", { class: "notice bad" }, trouble),
    ),
    h(
      "div",
      { class: "row" },
      payable(order)
        ? [order.payment_method === "card" && pay(order), cancel(order, draw)]
        : order.status === "cancelled" && h("a", { class: "button", href: address("/cart") }, t("See your cart")),
      order.status === "paid" && further(order),
    ),
  );
  if (focused !== undefined) (document.getElementById(focused) ?? document.getElementById("standing"))?.focus();
}

/** How to pay what is not paid by card. @param {HTMLElement} place @param {Order} order @param {AbortSignal} signal */
async function tellHow(place, order, signal) {
  try {
    const how = await openedInstructions(order, signal);
    if (!how || signal.aborted) return;
    const lines = (how.text ?? "").split("\n").flatMap((line, number) => (number ? [h("br"), line] : [line]));
    place.replaceChildren(
      h(
        "section",
        { class: "panel", "aria-labelledby": "how" },
        h("h2", { id: "how" }, how.method === "cash" ? t("Pay in cash") : t("Pay by bank transfer")),
        h(
          "p",
          {},
          t("{amount}, with the reference {reference}.", { amount: money(how.amount), reference: how.reference }),
        ),
        how.text && h("p", {}, lines),
        h("p", { class: "soft small" }, t("This is also in the mail to {email}.", { email: order.email })),
      ),
    );
  } catch (error) {
    place.replaceChildren(h("p", { class: "notice warn", role: "alert" }, asProblem(error).message));
  }
}

/** @param {Order} order */
const pay = (order) =>
  h(
    "a",
    { class: "button primary", id: "pay", href: payPath(order.id) },
    t("Pay {amount}", { amount: money(order.total) }),
  );

/** @param {Order} order @param {(order: Order, trouble?: string) => void} draw */
function cancel(order, draw) {
  return h("button", { class: "button", type: "button", id: "cancel", onclick: run }, t("Cancel the order"));
  async function run() {
    try {
      draw(await cancelOrder(order.id));
      say(t("The order is being cancelled."));
    } catch (error) {
      draw(await readOrder(order.id).catch(() => order), asProblem(error).message);
    }
  }
}

/** @param {Order} order @param {HTMLElement} more what comes with it */
function whole(order, more) {
  const lines = order.lines.map((line) =>
    h(
      "li",
      {},
      picture(line.image_url, "", { small: true }),
      h(
        "div",
        { class: "what" },
        h("a", { href: address(`/products/${encodeURIComponent(line.slug)}`) }, line.title),
        line.variant_title && h("p", { class: "soft" }, line.variant_title),
        h("p", { class: "soft small" }, `${line.quantity} × ${money(line.unit_price)}`),
      ),
      h("p", { class: "sum money" }, money(line.total)),
    ),
  );
  return h(
    "div",
    { class: "two" },
    h("section", { "aria-label": t("What you ordered") }, h("ul", { class: "lines" }, lines)),
    h(
      "aside",
      {},
      h("div", { class: "sums" }, sums(order)),
      order.shipping_address &&
        h("section", { class: "panel" }, h("h2", {}, t("Goes to")), place(order.shipping_address)),
      more,
    ),
  );
}

/** @param {import("../orders.js").Address} to */
function place(to) {
  const lines = [to.name, ...to.lines, countryName(to.country), to.phone];
  const shown = lines.filter(Boolean).flatMap((line, number) => (number ? [h("br"), String(line)] : [String(line)]));
  return h("address", {}, shown);
}
