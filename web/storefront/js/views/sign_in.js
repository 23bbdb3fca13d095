// @ts-check
/** Sign in. */
import { query } from "../api.js";
import { h } from "../dom.js";
import { address, go } from "../page.js";
import { field, form } from "../parts/forms.js";
import { codeField } from "../parts/passwords.js";
import { asProblem } from "../problem.js";
import { signIn } from "../session.js";
import { phrase, t } from "../texts.js";
import { within } from "../within.js";

/** @param {import("../view.js").Visit} visit */
export function view({ query: asked }) {
  const next = within(asked.get("next"), location.origin, address("/"));
  const fields = [
    field({
      name: "email",
      label: t("E-mail address"),
      type: "email",
      autocomplete: "username",
      more: { maxlength: 254 },
    }),
    field({
      name: "password",
      label: t("Password"),
      type: "password",
      autocomplete: "current-password",
      more: { maxlength: 1000 },
    }),
  ];
  const second = h("div", {});
  const send = async (/** @type {Record<string, string>} */ { email = "", password = "", code = "" }) => {
    try {
      await signIn({ email, password, ...(code ? { code } : {}) });
    } catch (error) {
      const problem = asProblem(error);
      if (problem.type === "second-factor-required" && !second.firstChild) second.append(codeField());
      throw problem;
    }
    await go(next, { replace: true, say: t("You are signed in.") });
  };
  return {
    title: t("Sign in"),
    node: h(
      "div",
      { class: "page-form" },
      h("h1", {}, t("Sign in")),
      form({ parts: [...fields, second], button: t("Sign in"), busy: t("Signing in…"), send }),
      h(
        "p",
        {},
        phrase("New here? {link}. You can also buy without one.", {
          link: h("a", { href: address(`/sign-up${query({ next })}`) }, t("Make an account")),
        }),
      ),
      h("p", {}, h("a", { href: address("/account/forgotten") }, t("Your password is lost?"))),
      h(
        "p",
        {},
        phrase("Ordered as a guest? {link}.", {
          link: h("a", { href: address("/orders/find") }, t("Find your order")),
        }),
      ),
    ),
  };
}
