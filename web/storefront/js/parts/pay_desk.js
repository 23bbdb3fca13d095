// @ts-check
/** Where a card is typed: the form's place, its one button, and what is said of a try. */
import { h } from "../dom.js";
import { say } from "../page.js";
import { t } from "../texts.js";

/**
 * @typedef {object} Desk
 * @property {HTMLElement} node
 * @property {HTMLElement} place of the card form
 * @property {() => boolean} busy whether the button waits
 * @property {(label: string, act: () => unknown) => void} offer what the button does from now on
 * @property {(label: string) => void} wait nothing can be pressed
 * @property {(...said: Node[]) => void} tell
 */

/** @returns {Desk} */
export function payDesk() {
  let busy = true;
  let next = () => {};
  const place = h("div", { class: "card-place" });
  const alert = h("div", { role: "alert", tabindex: -1 });
  const button = h("button", { class: "button primary wide", id: "pay", "aria-disabled": "true" });
  const press = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!busy) next();
  };
  const node = h(
    "form",
    { class: "panel paying", "aria-label": t("Card"), novalidate: true, onsubmit: press },
    place,
    alert,
    button,
    h(
      "p",
      { class: "soft small" },
      t("Your card goes to our payment provider alone. This shop never sees its number."),
    ),
  );
  return {
    node,
    place,
    busy: () => busy,
    offer(label, act) {
      [next, busy] = [act, false];
      button.replaceChildren(label);
      button.removeAttribute("aria-disabled");
      node.removeAttribute("aria-busy");
    },
    wait(label) {
      busy = true;
      button.replaceChildren(h("span", { class: "turning", "aria-hidden": "true" }), label);
      button.setAttribute("aria-disabled", "true");
      node.setAttribute("aria-busy", "true");
      say(label);
    },
    tell(...said) {
      alert.replaceChildren(...said);
      if (said.length) alert.focus();
    },
  };
}
