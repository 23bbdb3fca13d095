// @ts-check
/** Where mailed links about an account lead, but for the one that makes it (confirm.js). */
import { request } from "../api.js";
import { h } from "../dom.js";
import { forgetToken, mailedToken } from "../mailed_token.js";
import { say } from "../page.js";
import { form } from "../parts/forms.js";
import { nameField, newPassword, placed } from "../parts/passwords.js";
import { nothing } from "../parts/states.js";
import { go } from "../router.js";

/**
 * @typedef {object} Link
 * @property {string} title
 * @property {string} about
 * @property {string} path what is asked for, with the secret and the fields
 * @property {() => HTMLElement[]} fields
 * @property {string} button
 * @property {string} done said on the next page, where one signs in
 */

/** @param {Link} link @returns {(visit: import("../router.js").Visit) => { title: string, node: Node }} */
const page = (link) => {
  const { title, about, button } = link;
  return ({ signal }) => {
    const token = mailedToken(signal);
    if (!token) {
      const text = "Some of it is missing. Open it from the mail again.";
      return { title, node: nothing("This link is not whole", text, ["Sign in", "/sign-in"]) };
    }
    const send = async (/** @type {Record<string, string>} */ { name, ...typed }) => {
      try {
        await request("POST", link.path, { body: { ...typed, ...(name ? { name } : {}), token } });
      } catch (error) {
        throw placed(error);
      }
      forgetToken();
      await go("/sign-in", { replace: true });
      say(link.done);
    };
    const asked = form({ parts: link.fields(), button, busy: "One moment…", send });
    return { title, node: h("div", { class: "page-form" }, h("h1", {}, title), h("p", {}, about), asked) };
  };
};

export const resetView = page({
  title: "Choose a new password",
  about: "It takes the place of the one before. You are signed out everywhere.",
  path: "/api/v1/password-resets/complete",
  fields: () => [newPassword("New password")],
  button: "Keep this password",
  done: "Your password is a new one. Sign in with it.",
});

export const newAddressView = page({
  title: "Confirm your new address",
  about: "From now on you sign in with the address that this link was mailed to. You are signed out everywhere.",
  path: "/api/v1/email-changes/confirm",
  fields: () => [],
  button: "Confirm this address",
  done: "Your address is changed. Sign in with it.",
});

export const takeBackView = page({
  title: "Take your address back",
  about: "The account gets its address of before, and nobody stays signed in. We mail you a link for a new password.",
  path: "/api/v1/email-changes/take-back",
  fields: () => [],
  button: "Take it back",
  done: "The account has your address again. Look into your mail: choose a new password there.",
});

export const invitationView = page({
  title: "Work at this shop",
  about: "Choose a password. If you have an account at this shop already, type its password.",
  path: "/api/v1/accounts/invitations/acceptances",
  fields: () => [nameField(), newPassword("Password")],
  button: "Accept the invitation",
  done: "You have accepted. Sign in with your address and the password.",
});
