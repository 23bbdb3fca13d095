// @ts-check
/** Where mailed links about an account lead, but for the one that makes it (confirm.js). */
import { request } from "../api.js";
import { h } from "../dom.js";
import { forgetToken, mailedToken } from "../mailed_token.js";
import { address, go } from "../page.js";
import { form } from "../parts/forms.js";
import { nameField, newPassword, placed } from "../parts/passwords.js";
import { nothing } from "../parts/states.js";
import { t } from "../texts.js";

/**
 * @typedef {object} Link
 * @property {string} title
 * @property {string} about
 * @property {string} path what is asked for, with the secret and the fields
 * @property {() => HTMLElement[]} fields
 * @property {string} button
 * @property {string} done said on the next page, where one signs in
 */

/** By the kind of the page. @type {Record<string, Link>} */
const LINKS = {
  reset: {
    title: t("Choose a new password"),
    about: t("It takes the place of the one before. You are signed out everywhere."),
    path: "/api/v1/password-resets/complete",
    fields: () => [newPassword(t("New password"))],
    button: t("Keep this password"),
    done: t("Your password is a new one. Sign in with it."),
  },
  email: {
    title: t("Confirm your new address"),
    about: t("From now on you sign in with the address that this link was mailed to. You are signed out everywhere."),
    path: "/api/v1/email-changes/confirm",
    fields: () => [],
    button: t("Confirm this address"),
    done: t("Your address is changed. Sign in with it."),
  },
  take_back: {
    title: t("Take your address back"),
    about: t(
      "The account gets its address of before, and nobody stays signed in. We mail you a link for a new password.",
    ),
    path: "/api/v1/email-changes/take-back",
    fields: () => [],
    button: t("Take it back"),
    done: t("The account has your address again. Look into your mail: choose a new password there."),
  },
  invitation: {
    title: t("Work at this shop"),
    about: t("Choose a password. If you have an account at this shop already, type its password."),
    path: "/api/v1/accounts/invitations/acceptances",
    fields: () => [nameField(), newPassword(t("Password"))],
    button: t("Accept the invitation"),
    done: t("You have accepted. Sign in with your address and the password."),
  },
};

/** @param {import("../view.js").Visit} visit */
export function view({ signal }) {
  const link = /** @type {Link} */ (LINKS[document.body.dataset.page ?? ""]);
  const { title, about, button } = link;
  const token = mailedToken(signal);
  if (!token) {
    const text = t("Some of it is missing. Open it from the mail again.");
    return { title, node: nothing(t("This link is not whole"), text, [t("Sign in"), address("/sign-in")]) };
  }
  const send = async (/** @type {Record<string, string>} */ { name, ...typed }) => {
    try {
      await request("POST", link.path, { body: { ...typed, ...(name ? { name } : {}), token } });
    } catch (error) {
      throw placed(error);
    }
    forgetToken();
    await go(address("/sign-in"), { replace: true, say: link.done });
  };
  const asked = form({ parts: link.fields(), button, busy: t("One moment…"), send });
  return { title, node: h("div", { class: "page-form" }, h("h1", {}, title), h("p", {}, about), asked) };
}
