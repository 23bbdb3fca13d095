// @ts-check
/** Where the mailed link leads: choose a password, and the account is made and signed in to. */
import { query } from "../api.js";
import { h } from "../dom.js";
import { forgetToken, mailedToken } from "../mailed_token.js";
import { say } from "../page.js";
import { form } from "../parts/forms.js";
import { nameField, newPassword, placed } from "../parts/passwords.js";
import { nothing } from "../parts/states.js";
import { go } from "../router.js";
import { confirm } from "../session.js";
import { lasting } from "../storage.js";
import { within } from "./sign_in.js";
import { AFTERWARDS } from "./sign_up.js";

/** @param {import("../router.js").Visit} visit */
export function confirmView({ signal }) {
  const token = mailedToken(signal);
  const next = within(lasting.get(AFTERWARDS));
  if (!token) {
    const text = "Some of it is missing. Open it from the mail again, or ask for a new one.";
    return { title: "Confirm your address", node: nothing("This link is not whole", text, ["Ask again", "/sign-up"]) };
  }
  const fields = [nameField(), newPassword("Choose a password")];
  const send = async (/** @type {Record<string, string>} */ { password = "", name = "" }) => {
    try {
      await confirm({ token, password, name: name || null });
    } catch (error) {
      throw placed(error);
    }
    forgetToken();
    lasting.set(AFTERWARDS, null);
    await go(next, { replace: true });
    say("Your account is made, and you are signed in.");
  };
  return {
    title: "Confirm your address",
    node: h(
      "div",
      { class: "page-form" },
      h("h1", {}, "Confirm your address"),
      h("p", {}, "You followed the link that we mailed to you, so the address is yours. This is the rest."),
      form({ parts: fields, button: "Make my account", busy: "Making it…", send }),
      h(
        "p",
        {},
        "Done this already? ",
        h("a", { href: `/sign-in${query({ next })}` }, "Sign in"),
        ". Is the link too old? ",
        h("a", { href: `/sign-up${query({ next })}` }, "Ask for a new one"),
        ".",
      ),
    ),
  };
}
