// @ts-check
/** Sign in. */
import { query } from "../api.js";
import { h } from "../dom.js";
import { say } from "../page.js";
import { field, form } from "../parts/forms.js";
import { asProblem } from "../problem.js";
import { go } from "../router.js";
import { signIn } from "../session.js";

/** @param {import("../router.js").Visit} visit */
export function signInView({ query: asked }) {
  const next = within(asked.get("next"));
  const fields = [
    field({
      name: "email",
      label: "E-mail address",
      type: "email",
      autocomplete: "username",
      more: { maxlength: 254 },
    }),
    field({
      name: "password",
      label: "Password",
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
    await go(next, { replace: true });
    say("You are signed in.");
  };
  return {
    title: "Sign in",
    node: h(
      "div",
      { class: "page-form" },
      h("h1", {}, "Sign in"),
      form({ parts: [...fields, second], button: "Sign in", busy: "Signing in…", send }),
      h(
        "p",
        {},
        "New here? ",
        h("a", { href: `/sign-up${query({ next })}` }, "Make an account"),
        ". You can also buy without one.",
      ),
      h("p", {}, h("a", { href: "/account/forgotten" }, "Your password is lost?")),
      h("p", {}, "Ordered as a guest? ", h("a", { href: "/orders/find" }, "Find your order"), "."),
    ),
  };
}

/** Of an account with a second factor: asked for once the password is known to be right. */
const codeField = () =>
  field({
    name: "code",
    label: "Code",
    autocomplete: "one-time-code",
    hint: "The six digits that your application shows now, or a recovery code.",
    more: { maxlength: 40 },
  });

/**
 * An address of this shop; "/" for any other.
 * @param {string | null} address
 */
export function within(address) {
  const url = URL.canParse(address ?? "", location.origin) ? new URL(address ?? "/", location.origin) : null;
  return url && url.origin === location.origin && address?.startsWith("/") ? url.pathname + url.search : "/";
}
