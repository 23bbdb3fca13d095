// @ts-check
/** Fields of who chooses a password. */
import { asProblem } from "../problem.js";
import { field } from "./forms.js";

export const nameField = () =>
  field({ name: "name", label: "Your name", autocomplete: "name", optional: true, more: { maxlength: 120 } });

/** @param {string} label */
export const newPassword = (label) =>
  field({
    name: "password",
    label,
    type: "password",
    autocomplete: "new-password",
    hint: "At least 8 characters. A few words that only you would put together are best.",
    more: { minlength: 8, maxlength: 128 },
  });

/** A refusal of the password stands beside it. @param {unknown} error */
export function placed(error) {
  const problem = asProblem(error);
  if (problem.type === "weak-password") {
    problem.errors = [{ field: "password", message: problem.message, code: problem.type }];
    problem.message = "Something has to be different. Look at the field that is marked.";
  }
  return problem;
}
