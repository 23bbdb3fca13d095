// @ts-check
/** Ask for a new password: a link is mailed, and leads to mailed.js. */
import { request } from "../api.js";
import { h } from "../dom.js";
import { address, pageTitle, say } from "../page.js";
import { field, form } from "../parts/forms.js";
import { phrase, t } from "../texts.js";

const SENT = t("Check your mail");

export function view() {
  const email = field({
    name: "email",
    label: t("E-mail address"),
    type: "email",
    autocomplete: "username",
    hint: t("We send you a link, with which you choose another password."),
    more: { maxlength: 254 },
  });
  const place = h("div", { class: "page-form" });
  const send = async (/** @type {Record<string, string>} */ wish) => {
    const answer = await request("POST", "/api/v1/password-resets", { body: wish });
    place.replaceChildren(
      h("h1", { tabindex: -1 }, SENT),
      h(
        "p",
        {},
        phrase("We are writing to {email}. The link is good for one hour.", { email: h("strong", {}, answer.email) }),
      ),
      h(
        "p",
        {},
        phrase("Nothing there after some minutes? Look among the unwanted mail. {link}.", {
          link: h("a", { href: address("/sign-in") }, t("Sign in")),
        }),
      ),
    );
    document.title = pageTitle(SENT);
    place.querySelector("h1")?.focus();
    say(SENT);
  };
  place.append(
    h("h1", {}, t("Your password is lost?")),
    form({ parts: [email], button: t("Send me the link"), busy: t("Sending…"), send }),
  );
  return { title: t("A new password"), node: place };
}
