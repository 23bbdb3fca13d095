// @ts-check
/** Ask for an account: a link is mailed to the address, and leads to views/confirm.js. */
import { query } from "../api.js";
import { h } from "../dom.js";
import { address, go, pageTitle, say } from "../page.js";
import { field, form } from "../parts/forms.js";
import { signUp } from "../session.js";
import { lasting } from "../storage.js";
import { phrase, t } from "../texts.js";
import { within } from "../within.js";

/** Where to go on once the account is made; the link may open in another tab. */
export const AFTERWARDS = "after-sign-up";

const SENT = t("Check your mail");

/** @param {import("../view.js").Visit} visit */
export function view({ query: asked }) {
  const next = within(asked.get("next"), location.origin, address("/"));
  const fields = [
    field({
      name: "email",
      label: t("E-mail address"),
      type: "email",
      autocomplete: "email",
      hint: t("We send you a link. It makes the account, and lets you choose a password."),
      more: { maxlength: 254 },
    }),
  ];
  const place = h("div", { class: "page-form" });
  const send = async (/** @type {Record<string, string>} */ { email = "" }) => {
    const asking = await signUp({ email });
    lasting.set(AFTERWARDS, next);
    if (asking.token) {
      await go(address(`/account/confirm#${asking.token}`), { replace: true });
      return;
    }
    place.replaceChildren(...sent(asking.email, next));
    document.title = pageTitle(SENT);
    place.querySelector("h1")?.focus();
    say(SENT);
  };
  place.append(
    h("h1", {}, t("Make an account")),
    form({ parts: fields, button: t("Send me the link"), busy: t("Sending…"), send }),
    h("p", {}, phrase("You have one? {link}.", { link: signInLink(next) })),
  );
  return { title: t("Make an account"), node: place };
}

/**
 * What is said then; it holds whether or not the address has an account.
 * @param {string} email
 * @param {string} next
 */
const sent = (email, next) => [
  h("h1", { tabindex: -1 }, SENT),
  h("p", {}, phrase("We are writing to {email}.", { email: h("strong", {}, email) })),
  h("p", {}, t("Follow the link in the mail within 24 hours: you choose a password there, and the account is yours.")),
  h(
    "p",
    {},
    phrase("Nothing there after some minutes? Look among the unwanted mail, or {again}.", {
      again: h("a", { href: address(`/sign-up${query({ next })}`) }, t("ask once more")),
    }),
    " ",
    phrase("If you have an account already, the mail says so. {link}.", { link: signInLink(next) }),
  ),
];

/** @param {string} next */
const signInLink = (next) => h("a", { href: address(`/sign-in${query({ next })}`) }, t("Sign in"));
