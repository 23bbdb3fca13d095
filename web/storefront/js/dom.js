// @ts-check
/** Builds DOM nodes. Text is always text: nothing here parses HTML. */

/** @typedef {Node | string | number | null | undefined | false} Child */

/**
 * An element. `on*` attributes are listeners; true is an empty attribute; false, null and undefined leave it out.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, any>} [attributes]
 * @param {...(Child | Child[])} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...present(children));
  return element;
}

/**
 * A fragment of these.
 * @param {...(Child | Child[])} children
 */
export function many(...children) {
  const fragment = document.createDocumentFragment();
  fragment.append(...present(children));
  return fragment;
}

/**
 * Text that only screen readers say.
 * @param {string} text
 */
export const unseen = (text) => h("span", { class: "unseen" }, text);

/**
 * @param {(Child | Child[])[]} children
 * @returns {(Node | string)[]}
 */
function present(children) {
  /** @type {(Node | string)[]} */
  const found = [];
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === false) continue;
    found.push(child instanceof Node ? child : String(child));
  }
  return found;
}
