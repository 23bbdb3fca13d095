// @ts-check
/** What is shown while there is nothing, or nothing yet, to show. */
import { h } from "../dom.js";

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
    h("h1", {}, gone ? "There is nothing here" : "That did not work"),
    h(
      "p",
      {},
      gone ? "What was at this address has been taken down, or the address is not quite right." : problem.message,
    ),
    problem.reference &&
      h("p", { class: "small" }, "If you ask us about it, quote ", h("code", {}, problem.reference), "."),
    gone
      ? h("a", { class: "button", href: "/" }, "See what is here")
      : h("button", { class: "button primary", type: "button", onclick: retry }, "Try again"),
  );
}

/**
 * An empty place and the way on.
 * @param {string} title
 * @param {string} text
 * @param {[string, string]} way its words and its address
 * @param {...[string, string]} others
 */
export function nothing(title, text, [words, address], ...others) {
  return h(
    "section",
    { class: "state" },
    h("h1", {}, title),
    h("p", {}, text),
    h("a", { class: "button primary", href: address }, words),
    others.map(([more, href]) => h("p", {}, h("a", { href }, more))),
  );
}

/** Of any page. */
export const bones = () =>
  h(
    "div",
    { "aria-hidden": "true", class: "stack" },
    ...["bone line", "bone line short", "bone tall"].map((name) => h("div", { class: name })),
  );

/** Of the wall. */
export function shelfBones() {
  const card = () =>
    h(
      "div",
      { class: "card" },
      h("div", { class: "print bone" }),
      h("div", { class: "bone line" }),
      h("div", { class: "bone line short" }),
    );
  return h("div", { class: "wall", "aria-hidden": "true" }, Array.from({ length: 8 }, card));
}

/** Of one work. */
export const workBones = () =>
  h(
    "div",
    { class: "work", "aria-hidden": "true" },
    h("div", { class: "views" }, h("div", { class: "print bone" })),
    h(
      "div",
      { class: "about" },
      h("div", { class: "bone line" }),
      h("div", { class: "bone line short" }),
      h("div", { class: "bone tall" }),
    ),
  );
