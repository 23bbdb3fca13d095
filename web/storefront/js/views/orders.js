// @ts-check
/** One's own orders: the account's, or those that this browser placed as a guest. */
import { h } from "../dom.js";
import { money } from "../money.js";
import { guestOrderIds, listOrders, readOrder } from "../orders.js";
import { address } from "../page.js";
import { badge, day } from "../parts/standing.js";
import { picture } from "../parts/picture.js";
import { nothing } from "../parts/states.js";
import { asProblem, Problem } from "../problem.js";
import { settled, signInHere } from "../session.js";
import { phrase, t } from "../texts.js";

const SHOWN_PRINTS = 4;
const MOST_GUEST = 10;

/** @typedef {import("../orders.js").Order} Order */

/** @param {import("../view.js").Visit} visit */
export async function view({ signal }) {
  const who = await settled();
  return { title: t("Your orders"), node: who ? await own(signal) : await guests(signal) };
}

/** @param {AbortSignal} signal */
async function own(signal) {
  let page = await listOrders(null, signal);
  if (!page.items.length)
    return nothing(t("No orders yet"), t("What you order while you are signed in is listed here."), [
      t("Look around"),
      address("/"),
    ]);
  const list = h("ul", { class: "orders" }, page.items.map(row));
  const trouble = h("div", { role: "alert" });
  const button = h("button", { class: "button", type: "button", onclick: more }, t("Show older ones"));
  async function more() {
    try {
      const first = list.children.length;
      page = await listOrders(page.next_cursor);
      list.append(...page.items.map(row));
      list.children[first]?.querySelector("a")?.focus();
      trouble.replaceChildren();
    } catch (error) {
      trouble.replaceChildren(h("p", { class: "notice bad" }, asProblem(error).message));
    }
    button.hidden = !page.next_cursor;
  }
  button.hidden = !page.next_cursor;
  return h("div", {}, h("h1", {}, t("Your orders")), list, h("div", { class: "more" }, trouble, button));
}

/** @param {AbortSignal} signal */
async function guests(signal) {
  const asked = guestOrderIds()
    .slice(0, MOST_GUEST)
    .map((id) => readOrder(id, signal).catch(gone));
  const found = (await Promise.all(asked)).filter((order) => order !== null);
  const hint = h(
    "p",
    { class: "soft" },
    phrase("Ordered while signed in? {link} to see those orders.", {
      link: h("a", { href: signInHere() }, t("Sign in")),
    }),
    " ",
    phrase("Placed on another device? {link}.", {
      link: h("a", { href: address("/orders/find") }, t("Find an order")),
    }),
  );
  if (!found.length)
    return h(
      "div",
      {},
      nothing(
        t("No orders here"),
        t("This browser has not placed an order as a guest."),
        [t("Sign in to see yours"), signInHere()],
        [t("Find an order placed elsewhere"), address("/orders/find")],
      ),
    );
  return h(
    "div",
    {},
    h("h1", {}, t("Your orders")),
    h("p", { class: "soft" }, t("Placed as a guest in this browser.")),
    h("ul", { class: "orders" }, found.map(row)),
    hint,
  );
}

/** @param {unknown} error @returns {null} an order that is gone is left out */
function gone(error) {
  if (error instanceof Problem && error.status === 404) return null;
  throw error;
}

/** @param {Order} order */
function row(order) {
  const count = order.lines.reduce((sum, line) => sum + line.quantity, 0);
  return h(
    "li",
    {},
    h(
      "div",
      { class: "stack" },
      h(
        "div",
        { class: "row" },
        h("h2", {}, h("a", { href: address(`/orders/${encodeURIComponent(order.id)}`) }, order.number)),
        badge(order),
      ),
      h(
        "p",
        { class: "soft" },
        `${day(order.placed_at)} · ${count === 1 ? t("1 piece") : t("{count} pieces", { count })} · `,
        h("span", { class: "money" }, money(order.total)),
      ),
    ),
    h(
      "div",
      { class: "prints" },
      order.lines.slice(0, SHOWN_PRINTS).map((line) => picture(line.image_url, "", { small: true })),
    ),
  );
}
