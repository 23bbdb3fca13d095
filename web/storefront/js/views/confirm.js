// @ts-check
/** Where the mailed link leads: choose a password, and the account is made and signed in to. */
import { query } from "../api.js";
import { h } from "../dom.js";
import { say } from "../page.js";
import { field, form } from "../parts/forms.js";
import { nothing } from "../parts/states.js";
import { asProblem } from "../problem.js";
import { again, go } from "../router.js";
import { confirm } from "../session.js";
import { lasting, passing } from "../storage.js";
import { within } from "./sign_in.js";
import { AFTERWARDS } from "./sign_up.js";

const TOKEN = "confirming";
const FORM = /^#[0-9a-f]{32}\.[\w-]{43}$/;

/** @param {import("../router.js").Visit} visit */
export function confirmView({ signal }) {
  const token = taken();
  // Another link, opened in this tab: the page is the same one to the browser.
  window.addEventListener("hashchange", () => FORM.test(location.hash) && again(), { signal });
  const next = within(lasting.get(AFTERWARDS));
  if (!token) {
    const text = "Some of it is missing. Open it from the mail again, or ask for a new one.";
    return { title: "Confirm your address", node: nothing("This link is not whole", text, ["Ask again", "/sign-up"]) };
  }
  const fields = [
    field({ name: "name", label: "Your name", autocomplete: "name", optional: true, more: { maxlength: 120 } }),
    field({
      name: "password",
      label: "Choose a password",
      type: "password",
      autocomplete: "new-password",
      hint: "At least 8 characters. A few words that only you would put together are best.",
      more: { minlength: 8, maxlength: 128 },
    }),
  ];
  const send = async (/** @type {Record<string, string>} */ { password = "", name = "" }) => {
    try {
      await confirm({ token, password, name: name || null });
    } catch (error) {
      throw placed(asProblem(error));
    }
    passing.set(TOKEN, null);
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

/** The link's token, which leaves the address bar and is kept for as long as this tab. @returns {string | null} */
function taken() {
  if (FORM.test(location.hash)) {
    passing.set(TOKEN, location.hash.slice(1));
    history.replaceState(history.state, "", location.pathname + location.search);
  }
  return passing.get(TOKEN);
}

/** A refusal of the password stands beside it. @param {import("../problem.js").Problem} problem */
function placed(problem) {
  if (problem.type === "weak-password") {
    problem.errors = [{ field: "password", message: problem.message, code: problem.type }];
    problem.message = "Something has to be different. Look at the field that is marked.";
  }
  return problem;
}
