// @ts-check
/** Ask for an account: a link is mailed to the address, and leads to views/confirm.js. */
import { query } from "../api.js";
import { h } from "../dom.js";
import { pageTitle, say } from "../page.js";
import { field, form } from "../parts/forms.js";
import { go } from "../router.js";
import { signUp } from "../session.js";
import { lasting } from "../storage.js";
import { within } from "./sign_in.js";

/** Where to go on once the account is made; the link may open in another tab. */
export const AFTERWARDS = "after-sign-up";

const SENT = "Check your mail";

/** @param {import("../router.js").Visit} visit */
export function signUpView({ query: asked }) {
  const next = within(asked.get("next"));
  const fields = [
    field({
      name: "email",
      label: "E-mail address",
      type: "email",
      autocomplete: "email",
      hint: "We send you a link. It makes the account, and lets you choose a password.",
      more: { maxlength: 254 },
    }),
  ];
  const place = h("div", { class: "page-form" });
  const send = async (/** @type {Record<string, string>} */ { email = "" }) => {
    const asking = await signUp({ email });
    lasting.set(AFTERWARDS, next);
    if (asking.token) {
      await go(`/account/confirm#${asking.token}`, { replace: true });
      return;
    }
    place.replaceChildren(...sent(asking.email, next));
    document.title = pageTitle(SENT);
    place.querySelector("h1")?.focus();
    say(SENT);
  };
  place.append(
    h("h1", {}, "Make an account"),
    form({ parts: fields, button: "Send me the link", busy: "Sending…", send }),
    h("p", {}, "You have one? ", h("a", { href: `/sign-in${query({ next })}` }, "Sign in"), "."),
  );
  return { title: "Make an account", node: place };
}

/**
 * What is said then; it holds whether or not the address has an account.
 * @param {string} email
 * @param {string} next
 */
const sent = (email, next) => [
  h("h1", { tabindex: -1 }, SENT),
  h("p", {}, "We are writing to ", h("strong", {}, email), "."),
  h("p", {}, "Follow the link in the mail within 24 hours: you choose a password there, and the account is yours."),
  h(
    "p",
    {},
    "Nothing there after some minutes? Look among the unwanted mail, or ",
    h("a", { href: `/sign-up${query({ next })}` }, "ask once more"),
    ". If you have an account already, the mail says so: ",
    h("a", { href: `/sign-in${query({ next })}` }, "sign in"),
    ".",
  ),
];
