// @ts-check
/** Fields of who chooses a password. */
import { asProblem } from "../problem.js";
import { t } from "../texts.js";
import { field } from "./forms.js";

export const nameField = () =>
  field({ name: "name", label: t("Your name"), autocomplete: "name", optional: true, more: { maxlength: 120 } });

/** @param {string} label @param {string} [id] where another password is asked for on the page */
export const newPassword = (label, id) =>
  field({
    name: "password",
    id,
    label,
    type: "password",
    autocomplete: "new-password",
    hint: t("At least 8 characters. A few words that only you would put together are best."),
    more: { minlength: 8, maxlength: 128 },
  });

/** Of an account with a second factor: asked for once the password is known to be right. */
export const codeField = () =>
  field({
    name: "code",
    label: t("Code"),
    autocomplete: "one-time-code",
    hint: t("The six digits that your application shows now, or a recovery code."),
    more: { maxlength: 40 },
  });

/** A refusal of the password stands beside it. @param {unknown} error */
export function placed(error) {
  const problem = asProblem(error);
  if (problem.type === "weak-password") {
    problem.errors = [{ field: "password", message: problem.message, code: problem.type }];
    problem.message = t("Something has to be different. Look at the field that is marked.");
  }
  return problem;
}
