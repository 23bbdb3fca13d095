// @ts-check
/** A section of a page of one person: it fills itself, and says what went wrong without taking the others along. */
import { h } from "../dom.js";
import { asProblem } from "../problem.js";
import { language, t } from "../texts.js";

/**
 * @typedef {object} Section
 * @property {HTMLElement} node
 * @property {() => Promise<void>} fill draws it anew
 * @property {(act: () => Promise<unknown>) => Promise<void>} run does something, and says why it was refused
 * @property {(...nodes: Node[]) => void} tell
 */

/**
 * @param {string} id
 * @param {string} title
 * @param {(section: Section) => Promise<(Node | string)[]>} content
 * @returns {Section}
 */
export function section(id, title, content) {
  const place = h("div", { class: "stack" }, h("p", { class: "soft" }, t("One moment…")));
  const alert = h("div", { role: "alert" });
  const node = h(
    "section",
    { class: "panel", "aria-labelledby": id },
    h("h2", { id, tabindex: -1 }, title),
    alert,
    place,
  );
  const tell = (/** @type {Node[]} */ ...nodes) => alert.replaceChildren(...nodes);
  const refused = (/** @type {unknown} */ error) => {
    const problem = asProblem(error);
    // The API says it in English.
    const { reasons } = language === "en" ? problem.body : {};
    const listed = Array.isArray(reasons) ? reasons.map((reason) => h("p", {}, reason)) : [];
    tell(h("div", { class: "notice bad" }, h("p", {}, problem.message), listed));
  };
  /** @type {Section} */
  const made = {
    node,
    tell,
    async fill() {
      try {
        place.replaceChildren(...(await content(made)));
      } catch (error) {
        place.replaceChildren(h("button", { class: "button", type: "button", onclick: made.fill }, t("Try again")));
        refused(error);
      }
    },
    async run(act) {
      tell();
      try {
        await act();
      } catch (error) {
        refused(error);
      }
    },
  };
  return made;
}
