// @ts-check
/** Finds an order that was placed elsewhere: its link goes to its own e-mail address. */
import { h } from "../dom.js";
import { say } from "../page.js";
import { findOrder } from "../orders.js";
import { field, form } from "../parts/forms.js";

export function findOrderView() {
  const fields = [
    field({
      name: "number",
      label: "Order number",
      hint: "It is in every mail about the order, such as M-7F3K9Q.",
      more: { maxlength: 40, autocapitalize: "characters", spellcheck: "false" },
    }),
    field({
      name: "email",
      label: "E-mail address",
      type: "email",
      autocomplete: "email",
      hint: "The one that you ordered with.",
      more: { maxlength: 254 },
    }),
  ];
  const place = h("div", { class: "page-form" });
  const ask = form({ parts: fields, button: "Mail me the link", busy: "Asking…", send });
  place.append(
    h("h1", {}, "Find your order"),
    h("p", {}, "We mail you a link that opens the order on any device."),
    ask,
    h(
      "p",
      {},
      "Ordered while signed in? ",
      h("a", { href: "/sign-in?next=/orders" }, "Sign in"),
      " to see those orders.",
    ),
  );

  /** @param {Record<string, string>} typed */
  async function send({ number = "", email = "" }) {
    await findOrder({ number, email });
    const heading = h("h1", { tabindex: -1 }, "Check your mail");
    place.replaceChildren(
      heading,
      h("p", {}, `If there is such an order, a mail with a link to it is on its way to ${email}.`),
      h(
        "p",
        { class: "soft" },
        "Nothing comes? Look at the number again: it must be the one of that address. The same order is told of once in ten minutes.",
      ),
      h("button", { class: "button", type: "button", onclick: again }, "Try another number"),
    );
    heading.focus();
    say("Check your mail.");
  }

  function again() {
    const fresh = findOrderView().node;
    place.replaceWith(fresh);
    /** @type {HTMLElement | null} */ (fresh.querySelector("#number"))?.focus();
  }
  return { title: "Find your order", node: place };
}
