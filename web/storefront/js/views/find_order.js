// @ts-check
/** Finds an order that was placed elsewhere: its link goes to its own e-mail address. */
import { query } from "../api.js";
import { h } from "../dom.js";
import { address, say } from "../page.js";
import { findOrder } from "../orders.js";
import { field, form } from "../parts/forms.js";
import { phrase, t } from "../texts.js";

export function view() {
  const fields = [
    field({
      name: "number",
      label: t("Order number"),
      hint: t("It is in every mail about the order, such as M-7F3K9Q."),
      more: { maxlength: 40, autocapitalize: "characters", spellcheck: "false" },
    }),
    field({
      name: "email",
      label: t("E-mail address"),
      type: "email",
      autocomplete: "email",
      hint: t("The one that you ordered with."),
      more: { maxlength: 254 },
    }),
  ];
  const place = h("div", { class: "page-form" });
  const ask = form({ parts: fields, button: t("Mail me the link"), busy: t("Asking…"), send });
  place.append(
    h("h1", {}, t("Find your order")),
    h("p", {}, t("We mail you a link that opens the order on any device.")),
    ask,
    h(
      "p",
      {},
      phrase("Ordered while signed in? {link} to see those orders.", {
        link: h("a", { href: address(`/sign-in${query({ next: address("/orders") })}`) }, t("Sign in")),
      }),
    ),
  );

  /** @param {Record<string, string>} typed */
  async function send({ number = "", email = "" }) {
    await findOrder({ number, email });
    const heading = h("h1", { tabindex: -1 }, t("Check your mail"));
    place.replaceChildren(
      heading,
      h("p", {}, t("If there is such an order, a mail with a link to it is on its way to {email}.", { email })),
      h(
        "p",
        { class: "soft" },
        t(
          "Nothing comes? Look at the number again: it must be the one of that address. The same order is told of once in ten minutes.",
        ),
      ),
      h("button", { class: "button", type: "button", onclick: again }, t("Try another number")),
    );
    heading.focus();
    say(t("Check your mail"));
  }

  function again() {
    const fresh = view().node;
    place.replaceWith(fresh);
    /** @type {HTMLElement | null} */ (fresh.querySelector("#number"))?.focus();
  }
  return { title: t("Find your order"), node: place };
}
