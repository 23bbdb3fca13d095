// @ts-check
/** Make an account, and be signed in. */
import { query } from "../api.js";
import { h } from "../dom.js";
import { say } from "../page.js";
import { field, form } from "../parts/forms.js";
import { asProblem } from "../problem.js";
import { go } from "../router.js";
import { signUp } from "../session.js";
import { within } from "./sign_in.js";

/** @type {Record<string, string>} Which field a refusal is about, where the shop does not say. */
const ABOUT = { "weak-password": "password", "email-taken": "email" };

/** @param {import("../router.js").Visit} visit */
export function signUpView({ query: asked }) {
  const next = within(asked.get("next"));
  const fields = [
    field({ name: "name", label: "Your name", autocomplete: "name", optional: true, more: { maxlength: 120 } }),
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
      autocomplete: "new-password",
      hint: "At least 8 characters. A few words that only you would put together are best.",
      more: { minlength: 8, maxlength: 128 },
    }),
  ];
  const send = async (/** @type {Record<string, string>} */ { email = "", password = "", name = "" }) => {
    try {
      await signUp({ email, password, name: name || null });
    } catch (error) {
      throw placed(asProblem(error));
    }
    await go(next, { replace: true });
    say("Your account is made, and you are signed in.");
  };
  return {
    title: "Make an account",
    node: h(
      "div",
      { class: "page-form" },
      h("h1", {}, "Make an account"),
      form({ parts: fields, button: "Make my account", busy: "Making it…", send }),
      h("p", {}, "You have one? ", h("a", { href: `/sign-in${query({ next })}` }, "Sign in"), "."),
    ),
  };
}

/** @param {import("../problem.js").Problem} problem */
function placed(problem) {
  const field = ABOUT[problem.type];
  if (field) {
    problem.errors = [{ field, message: problem.message, code: problem.type }];
    problem.message = "Something has to be different. Look at the field that is marked.";
  }
  return problem;
}
