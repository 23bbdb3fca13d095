// @ts-check
/** What can be done with an order that is paid: order it again, send something back. */
import { holdAtLeast } from "../cart.js";
import { h, many } from "../dom.js";
import { address, go } from "../page.js";
import { SENT } from "../parts/papers.js";
import { asProblem } from "../problem.js";
import { phrase, t } from "../texts.js";

/** @param {import("../orders.js").Order} order */
export function further(order) {
  const said = h("div", { role: "status" });
  const button = h("button", { class: "button", type: "button", id: "again", onclick: run }, t("Order it again"));
  const back = address(`/orders/${encodeURIComponent(order.id)}/return`);
  return many(
    button,
    SENT.has(order.fulfilment_status ?? "") && h("a", { class: "button", href: back }, t("Send something back")),
    said,
  );

  async function run() {
    if (button.hasAttribute("aria-disabled")) return;
    button.setAttribute("aria-disabled", "true");
    try {
      const missed = await holdAtLeast(order.lines);
      if (!missed.length) await go(address("/cart"), { say: t("It is in your cart.") });
      said.replaceChildren(h("p", { class: "notice warn" }, notAll(missed)));
    } catch (error) {
      said.replaceChildren(h("p", { class: "notice bad" }, asProblem(error).message));
    }
    button.removeAttribute("aria-disabled");
  }
}

/** @param {string[]} missed */
const notAll = (missed) =>
  phrase("Not sold any more: {what}. The rest is in your cart. {link}.", {
    what: missed.join(", "),
    link: h("a", { href: address("/cart") }, t("See your cart")),
  });
