// @ts-check
/** Sign in. */
import { query } from "../api.js";
import { h } from "../dom.js";
import { say } from "../page.js";
import { field, form } from "../parts/forms.js";
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
  const send = async (/** @type {Record<string, string>} */ { email = "", password = "" }) => {
    await signIn({ email, password });
    await go(next, { replace: true });
    say("You are signed in.");
  };
  return {
    title: "Sign in",
    node: h(
      "div",
      { class: "page-form" },
      h("h1", {}, "Sign in"),
      form({ parts: fields, button: "Sign in", busy: "Signing in…", send }),
      h(
        "p",
        {},
        "New here? ",
        h("a", { href: `/sign-up${query({ next })}` }, "Make an account"),
        ". You can also buy without one.",
      ),
      h("p", {}, "Ordered as a guest? ", h("a", { href: "/orders/find" }, "Find your order"), "."),
    ),
  };
}

/**
 * An address of this shop; "/" for any other.
 * @param {string | null} address
 */
export function within(address) {
  const url = URL.canParse(address ?? "", location.origin) ? new URL(address ?? "/", location.origin) : null;
  return url && url.origin === location.origin && address?.startsWith("/") ? url.pathname + url.search : "/";
}
