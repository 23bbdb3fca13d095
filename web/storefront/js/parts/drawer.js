// @ts-check
/** The cart beside the page, after something was put into it. */
import { h } from "../dom.js";
import { money } from "../money.js";
import { address } from "../page.js";
import { t } from "../texts.js";
import { mini } from "./sums.js";

/**
 * @param {import("../cart.js").Cart | null} cart
 * @param {string} variantId what was put into it
 */
export function openDrawer(cart, variantId) {
  const close = () => dialog.close();
  const dialog = h(
    "dialog",
    { class: "drawer", "aria-labelledby": "drawer-title", onclose: () => dialog.remove() },
    h(
      "div",
      { class: "inside" },
      h("h2", { id: "drawer-title" }, t("It is in your cart.")),
      short(cart, variantId),
      cart && mini(cart.lines),
      cart && h("p", { class: "all" }, t("Subtotal"), " ", h("span", { class: "money" }, money(cart.subtotal))),
      h("a", { class: "button primary wide", href: address("/cart") }, t("See your cart")),
      h("button", { class: "button wide", type: "button", onclick: close }, t("Look around further")),
    ),
  );
  // What is not inside is the backdrop.
  dialog.addEventListener("click", (event) => event.target === dialog && close());
  // Whoever comes back finds the page, not what was in the cart then.
  window.addEventListener("pagehide", close, { once: true });
  document.body.append(dialog);
  dialog.showModal();
}

/** @param {import("../cart.js").Cart | null} cart @param {string} variantId */
function short(cart, variantId) {
  const line = cart?.lines.find(({ variant_id: id }) => id === variantId);
  if (!line || line.available === null || line.quantity <= line.available) return null;
  return h("p", { class: "notice warn" }, t("Only {count} can be ordered.", { count: line.available }));
}
