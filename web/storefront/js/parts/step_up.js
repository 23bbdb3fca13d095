// @ts-check
/** Asks once more who somebody is, where the shop wants to be sure. */
import { h } from "../dom.js";
import { asProblem, Problem } from "../problem.js";
import { stepUp } from "../session.js";
import { t } from "../texts.js";
import { field, form } from "./forms.js";
import { codeField } from "./passwords.js";

/**
 * Does something; where the shop asks for the password first, asks for it and does it then.
 * @param {import("./own_section.js").Section} here
 * @param {() => Promise<void>} act
 */
export const sure = (here, act) =>
  here.run(async () => {
    try {
      await act();
    } catch (problem) {
      if (!(problem instanceof Problem) || problem.type !== "step-up-required") throw problem;
      ask(here, act);
    }
  });

/** @param {import("./own_section.js").Section} here @param {() => Promise<void>} act */
function ask(here, act) {
  const second = h("div", {});
  const password = field({
    name: "password",
    id: "sure-password",
    label: t("Your password, once more"),
    type: "password",
    autocomplete: "current-password",
    more: { maxlength: 1000 },
  });
  const send = async (/** @type {Record<string, string>} */ { password: typed = "", code = "" }) => {
    try {
      await stepUp({ password: typed, ...(code ? { code } : {}) });
    } catch (error) {
      const problem = asProblem(error);
      if (problem.type === "second-factor-required" && !second.firstChild) second.append(codeField());
      throw problem;
    }
    await here.run(act);
  };
  const made = form({ parts: [password, second], button: t("Go on"), busy: t("One moment…"), send });
  here.tell(made);
  made.querySelector("input")?.focus();
}
