// @ts-check
/** Fields with their labels, and errors beside the field that they are about. A field is named as the API names it. */
import { h, many } from "../dom.js";
import { asProblem } from "../problem.js";
import { language, t } from "../texts.js";

/**
 * @typedef {object} Field
 * @property {string} name its path in the request, such as "shipping_address.city"
 * @property {string} label
 * @property {string} [id] where the name alone is on the page twice
 * @property {string} [type]
 * @property {string} [autocomplete]
 * @property {boolean} [optional]
 * @property {string} [hint]
 * @property {string} [value]
 * @property {Record<string, any>} [more] other attributes
 * @property {boolean} [long] several lines
 * @property {[string, string][]} [choices] values and words: makes it a list to choose from
 */

/** @param {Field} wish */
export function field({
  name,
  label,
  id = name.replaceAll(".", "-"),
  type = "text",
  autocomplete,
  optional = false,
  hint,
  value = "",
  more = {},
  long = false,
  choices,
}) {
  const described = [hint && `${id}-hint`, `${id}-wrong`].filter(Boolean).join(" ");
  const attributes = { id, name, autocomplete, required: !optional, "aria-describedby": described, ...more };
  const plain = () =>
    long ? h("textarea", { ...attributes, rows: 4 }, value) : h("input", { ...attributes, type, value });
  const input = choices ? list(attributes, choices, value) : plain();
  return h(
    "div",
    { class: "field" },
    h("label", { for: id }, called(label, optional)),
    input,
    hint && h("p", { class: "hint", id: `${id}-hint` }, hint),
    h("p", { class: "wrong", id: `${id}-wrong` }),
  );
}

/** @param {string} label @param {boolean} optional */
const called = (label, optional) => [label, optional && h("span", { class: "optional" }, t(" (optional)"))];

/**
 * Calls a field otherwise, and says anew whether it is needed. What was said of its value holds no more.
 * @param {HTMLElement} made
 * @param {string} label
 * @param {boolean} optional
 */
export function relabel(made, label, optional) {
  const input = /** @type {HTMLInputElement} */ (made.querySelector("input, select, textarea"));
  made.querySelector("label")?.replaceChildren(...many(called(label, optional)).childNodes);
  input.required = !optional;
  input.removeAttribute("aria-invalid");
  made.querySelector(".wrong")?.replaceChildren();
}

/** @param {Record<string, any>} attributes @param {[string, string][]} choices @param {string} value */
function list(attributes, choices, value) {
  const options = choices.map(([code, words]) => h("option", { value: code, selected: code === value }, words));
  return h("select", attributes, h("option", { value: "" }, t("Choose…")), options);
}

/**
 * A form that is checked here first, sent once at a time, and shows what was refused.
 * @param {object} wish
 * @param {Node[]} wish.parts
 * @param {string} wish.button
 * @param {string} wish.busy said while it is sent
 * @param {(values: Record<string, string>) => Promise<void>} wish.send
 */
export function form({ parts, button, busy, send }) {
  const above = h("div", { role: "alert" });
  const submit = h("button", { class: "button primary" }, button);
  const made = h("form", { class: "form", novalidate: true, onsubmit: run }, above, ...parts, submit);
  let running = false;

  /** @param {Event} event */
  async function run(event) {
    event.preventDefault();
    if (running) return;
    clear(made);
    above.replaceChildren();
    if (!checked(made)) return;
    running = true;
    submit.textContent = busy;
    submit.setAttribute("aria-disabled", "true");
    try {
      await send(values(made));
    } catch (error) {
      refused(made, above, asProblem(error));
    } finally {
      running = false;
      submit.textContent = button;
      submit.removeAttribute("aria-disabled");
    }
  }
  return made;
}

/** What is typed in, by name, stripped; passwords as they are. @param {HTMLFormElement} made */
export function values(made) {
  const typed = inputs(made).map((input) => [input.name, input.type === "password" ? input.value : input.value.trim()]);
  return /** @type {Record<string, string>} */ (Object.fromEntries(typed));
}

/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Input */

/** @param {HTMLFormElement} made @returns {Input[]} */
const inputs = (made) => Array.from(made.querySelectorAll("input[name], select[name], textarea[name]"));

/** @param {HTMLFormElement} made */
function checked(made) {
  const wrong = inputs(made).filter((input) => !input.validity.valid);
  for (const input of wrong)
    mark(input, input.validity.valueMissing ? t("Please fill this in.") : input.validationMessage);
  wrong[0]?.focus();
  return wrong.length === 0;
}

/** @param {HTMLFormElement} made */
function clear(made) {
  for (const input of inputs(made)) {
    input.removeAttribute("aria-invalid");
    told(input, "");
  }
}

/** @param {Input} input @param {string} text */
function mark(input, text) {
  input.setAttribute("aria-invalid", "true");
  told(input, text);
}

/** @param {Input} input @param {string} text */
function told(input, text) {
  const place = document.getElementById(`${input.id}-wrong`);
  if (place) place.textContent = text;
}

/** @param {HTMLFormElement} made @param {HTMLElement} above @param {import("../problem.js").Problem} problem */
function refused(made, above, problem) {
  const by = new Map(inputs(made).map((input) => [input.name, input]));
  const rest = problem.errors.filter(({ field: name }) => !by.has(name));
  const marked = problem.errors.filter(({ field: name }) => by.has(name));
  for (const error of marked) mark(/** @type {HTMLInputElement} */ (by.get(error.field)), friendly(error));
  above.replaceChildren(
    h(
      "div",
      { class: "notice bad" },
      h("p", {}, problem.message),
      rest.map((error) => h("p", {}, friendly(error))),
      problem.links.map(([words, href]) => h("p", {}, h("a", { href }, words))),
      problem.reference && h("p", { class: "small" }, t("Reference: {code}", { code: problem.reference })),
    ),
  );
  if (marked[0]) by.get(marked[0].field)?.focus();
  else above.scrollIntoView({ block: "center" });
}

/** @type {Record<string, string>} */
const WORDS = {
  missing: t("Please fill this in."),
  string_too_short: t("This is too short."),
  string_too_long: t("This is too long."),
  string_pattern_mismatch: t("This does not look right."),
};

/** The API says it in English. @param {{ message: string, code: string }} error */
function friendly({ message, code }) {
  const said = language === "en" ? message.replace(/^Value error, /, "").replace(/([^.!?])$/, "$1.") : "";
  return WORDS[code] ?? (said || t("This does not look right."));
}
