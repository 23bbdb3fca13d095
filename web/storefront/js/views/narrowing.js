// @ts-check
/** The signs above the wall: kinds, order, only what is in stock. Each choice is an address. */
import { query } from "../api.js";
import { h } from "../dom.js";
import { go } from "../router.js";

/** @type {[string, string][]} */
const ORDERS = [
  ["", "Newest"],
  ["title", "Title"],
  ["price", "Price, lowest first"],
  ["-price", "Price, highest first"],
];
const MOST_KINDS = 12;

/**
 * @param {import("./shelf.js").Choice} choice
 * @param {{ type: string, products: number }[]} kinds
 * @param {string} found how many
 */
export function narrowing(choice, kinds, found) {
  const to = (/** @type {Partial<import("./shelf.js").Choice>} */ other) => {
    const { in_stock: inStock, ...rest } = { ...choice, ...other };
    return `/${query({ ...rest, in_stock: inStock ? 1 : null })}`;
  };
  const named = kinds.filter(({ type }) => type);
  return h(
    "div",
    { class: "narrow" },
    named.length > 1 &&
      h(
        "nav",
        { "aria-label": "Kinds" },
        named.length > MOST_KINDS ? list(named, choice, to) : links(named, choice, to),
      ),
    h(
      "div",
      { class: "sorting" },
      h("p", { class: "soft" }, found),
      h("div", {}, stock(choice, to), order(choice, to)),
    ),
  );
}

/** @typedef {(other: Partial<import("./shelf.js").Choice>) => string} To */

/** @param {{ type: string }[]} kinds @param {import("./shelf.js").Choice} choice @param {To} to */
function links(kinds, choice, to) {
  const link = (/** @type {string | null} */ type, /** @type {string} */ words) => {
    const current = type === choice.type && "true";
    return h("a", { href: to({ type }), id: `kind-${type ?? ""}`, "aria-current": current }, words);
  };
  const row = h("div", { class: "kinds" }, link(null, "Everything"), ...kinds.map(({ type }) => link(type, type)));
  requestAnimationFrame(() => {
    // On a small screen the row scrolls sideways: it begins near what is chosen.
    const current = row.querySelector("[aria-current]");
    if (current instanceof HTMLElement) row.scrollLeft = current.offsetLeft - row.offsetLeft - row.clientWidth / 3;
  });
  return row;
}

/** @param {{ type: string, products: number }[]} kinds @param {import("./shelf.js").Choice} choice @param {To} to */
function list(kinds, choice, to) {
  const options = kinds.map(({ type, products }) =>
    h("option", { value: type, selected: type === choice.type }, `${type} (${products})`),
  );
  return select("kind", "Kind", [h("option", { value: "" }, "Everything"), ...options], (type) =>
    go(to({ type: type || null })),
  );
}

/** @param {import("./shelf.js").Choice} choice @param {To} to */
function order(choice, to) {
  const options = ORDERS.map(([value, words]) =>
    h("option", { value, selected: value === (choice.sort ?? "") }, words),
  );
  return select("order", "Sort by", options, (sort) => go(to({ sort: sort || null })));
}

/** @param {import("./shelf.js").Choice} choice @param {To} to */
function stock(choice, to) {
  const box = h("input", {
    type: "checkbox",
    id: "in-stock",
    checked: Boolean(choice.in_stock),
    onchange: () => go(to({ in_stock: box.checked || null })),
  });
  return h("label", { class: "check" }, box, "In stock only");
}

/** @param {string} id @param {string} words @param {Node[]} options @param {(value: string) => void} chosen */
function select(id, words, options, chosen) {
  const made = h("select", { id, onchange: () => chosen(made.value) }, options);
  return h("div", { class: "by" }, h("label", { for: id }, words), made);
}
