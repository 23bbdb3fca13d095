// @ts-check
/** What is shown while there is nothing, or nothing yet, to show. */
import { h } from "../dom.js";
import { address } from "../page.js";
import { phrase, t } from "../texts.js";

/**
 * An error in the place of a page.
 * @param {import("../problem.js").Problem} problem
 * @param {() => void} retry
 */
export function trouble(problem, retry) {
  const gone = problem.missing;
  return h(
    "section",
    { class: "state" },
    h("h1", {}, gone ? t("There is nothing here") : t("That did not work")),
    h(
      "p",
      {},
      gone ? t("What was at this address has been taken down, or the address is not quite right.") : problem.message,
    ),
    problem.reference &&
      h(
        "p",
        { class: "small" },
        phrase("If you ask us about it, quote {code}.", { code: h("code", {}, problem.reference) }),
      ),
    gone
      ? h("a", { class: "button", href: address("/") }, t("See what is here"))
      : h("button", { class: "button primary", type: "button", onclick: retry }, t("Try again")),
  );
}

/**
 * An empty place and the way on.
 * @param {string} title
 * @param {string} text
 * @param {[string, string]} way its words and its address
 * @param {...[string, string]} others
 */
export function nothing(title, text, [words, href], ...others) {
  return h(
    "section",
    { class: "state" },
    h("h1", {}, title),
    h("p", {}, text),
    h("a", { class: "button primary", href }, words),
    others.map(([more, to]) => h("p", {}, h("a", { href: to }, more))),
  );
}

/** In the place of a page that is on its way, or left at once. */
export const bones = () =>
  h(
    "div",
    { "aria-hidden": "true", class: "stack" },
    ...["bone line", "bone line short", "bone tall"].map((name) => h("div", { class: name })),
  );
