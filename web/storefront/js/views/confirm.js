// @ts-check
/** Where the mailed link leads: choose a password, and the account is made and signed in to. */
import { query } from "../api.js";
import { h } from "../dom.js";
import { forgetToken, mailedToken } from "../mailed_token.js";
import { address, go } from "../page.js";
import { form } from "../parts/forms.js";
import { nameField, newPassword, placed } from "../parts/passwords.js";
import { nothing } from "../parts/states.js";
import { confirm } from "../session.js";
import { lasting } from "../storage.js";
import { phrase, t } from "../texts.js";
import { within } from "../within.js";
import { AFTERWARDS } from "./sign_up.js";

/** @param {import("../view.js").Visit} visit */
export function view({ signal }) {
  const token = mailedToken(signal);
  const next = within(lasting.get(AFTERWARDS), location.origin, address("/"));
  if (!token) {
    const text = t("Some of it is missing. Open it from the mail again, or ask for a new one.");
    return {
      title: t("Confirm your address"),
      node: nothing(t("This link is not whole"), text, [t("Ask again"), address("/sign-up")]),
    };
  }
  const fields = [nameField(), newPassword(t("Choose a password"))];
  const send = async (/** @type {Record<string, string>} */ { password = "", name = "" }) => {
    try {
      await confirm({ token, password, name: name || null });
    } catch (error) {
      throw placed(error);
    }
    forgetToken();
    lasting.set(AFTERWARDS, null);
    await go(next, { replace: true, say: t("Your account is made, and you are signed in.") });
  };
  return {
    title: t("Confirm your address"),
    node: h(
      "div",
      { class: "page-form" },
      h("h1", {}, t("Confirm your address")),
      h("p", {}, t("You followed the link that we mailed to you, so the address is yours. This is the rest.")),
      form({ parts: fields, button: t("Make my account"), busy: t("Making it…"), send }),
      h(
        "p",
        {},
        phrase("Done this already? {link}. Is the link too old? {again}.", {
          link: h("a", { href: address(`/sign-in${query({ next })}`) }, t("Sign in")),
          again: h("a", { href: address(`/sign-up${query({ next })}`) }, t("Ask for a new one")),
        }),
      ),
    ),
  };
}
