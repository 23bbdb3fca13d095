// @ts-check
/** Ask for a new password: a link is mailed, and leads to resetView of mailed.js. */
import { request } from "../api.js";
import { h } from "../dom.js";
import { pageTitle, say } from "../page.js";
import { field, form } from "../parts/forms.js";

const SENT = "Check your mail";

export function forgottenView() {
  const email = field({
    name: "email",
    label: "E-mail address",
    type: "email",
    autocomplete: "username",
    hint: "We send you a link, with which you choose another password.",
    more: { maxlength: 254 },
  });
  const place = h("div", { class: "page-form" });
  const send = async (/** @type {Record<string, string>} */ wish) => {
    const answer = await request("POST", "/api/v1/password-resets", { body: wish });
    place.replaceChildren(
      h("h1", { tabindex: -1 }, SENT),
      h("p", {}, "We are writing to ", h("strong", {}, answer.email), ". The link is good for one hour."),
      h(
        "p",
        {},
        "Nothing there after some minutes? Look among the unwanted mail. ",
        h("a", { href: "/sign-in" }, "Sign in"),
        ".",
      ),
    );
    document.title = pageTitle(SENT);
    place.querySelector("h1")?.focus();
    say(SENT);
  };
  place.append(
    h("h1", {}, "Your password is lost?"),
    form({ parts: [email], button: "Send me the link", busy: "Sending…", send }),
  );
  return { title: "A new password", node: place };
}
