// @ts-check
/** How one signs in: another password, another e-mail address. */
import { askEmail } from "../accounts.js";
import { h } from "../dom.js";
import { address, go } from "../page.js";
import { changePassword } from "../session.js";
import { t } from "../texts.js";
import { field, form } from "./forms.js";
import { newPassword, placed } from "./passwords.js";

export const access = () =>
  h(
    "section",
    { class: "panel", "aria-labelledby": "access" },
    h("h2", { id: "access" }, t("Signing in")),
    folded(t("Choose another password"), passwordForm()),
    folded(t("Change the e-mail address"), emailForm()),
  );

/** @param {string} words @param {Node} content */
const folded = (words, content) => h("details", {}, h("summary", {}, words), content);

/** @param {string} name @param {string} id */
const present = (name, id) =>
  field({
    name,
    id,
    label: t("Present password"),
    type: "password",
    autocomplete: "current-password",
    more: { maxlength: 1000 },
  });

function passwordForm() {
  const send = async (/** @type {Record<string, string>} */ { current_password = "", password = "" }) => {
    try {
      await changePassword({ current_password, password });
    } catch (error) {
      throw placed(error);
    }
    await go(address("/sign-in"), { replace: true, say: t("Your password is a new one. Sign in with it.") });
  };
  const parts = [present("current_password", "present-password"), newPassword(t("New password"), "new-password")];
  return form({ parts, button: t("Keep this password"), busy: t("One moment…"), send });
}

function emailForm() {
  const place = h("div", {});
  const send = async (/** @type {Record<string, string>} */ { email = "", password = "" }) => {
    const asked = await askEmail({ email, password });
    const text = t("We have mailed a link to {email}. The address counts once you follow it.", { email: asked.email });
    place.replaceChildren(h("p", { class: "notice good", role: "status" }, text));
  };
  const email = field({
    name: "email",
    id: "new-email",
    label: t("New e-mail address"),
    type: "email",
    autocomplete: "email",
    more: { maxlength: 254 },
  });
  const parts = [email, present("password", "email-password")];
  place.append(form({ parts, button: t("Send me the link"), busy: t("Sending…"), send }));
  return place;
}
