// @ts-check
/** What is for sale: all of it, or what a search, a kind or the stock leaves of it. */
import { query } from "../api.js";
import { listCategories, listProducts } from "../catalog.js";
import { h } from "../dom.js";
import { money, priceFrom } from "../money.js";
import { say, shop } from "../page.js";
import { picture } from "../parts/picture.js";
import { asProblem } from "../problem.js";
import { go } from "../router.js";
import { narrowing } from "./narrowing.js";

const EAGER = 4;
const KEPT = 20;
/**
 * Lists as far as they were read, so that coming back finds the same wall.
 * @type {Map<string, import("../catalog.js").CardPage>}
 */
const read = new Map();

/**
 * @typedef {{ search: string | null, type: string | null, sort: string | null, in_stock: boolean | null }} Choice
 * @param {import("../router.js").Visit} visit
 */
export async function shelfView({ query: asked, signal, back }) {
  /** @type {Choice} */
  const choice = {
    search: asked.get("search"),
    type: asked.get("type"),
    sort: asked.get("sort"),
    in_stock: asked.has("in_stock") || null,
  };
  const name = query(choice);
  const kept = back ? read.get(name) : undefined;
  const [page, kinds] = await Promise.all([
    kept ?? listProducts(choice, signal),
    listCategories(signal).catch(() => ({ items: [] })), // a wall without its signs is still a wall
  ]);
  keep(name, page);
  const title = choice.search ? `“${choice.search}”` : (choice.type ?? shop);
  const plain = !choice.search && !choice.type;
  return {
    title: choice.search ? `Search for ${title}` : title,
    node: h(
      "div",
      {},
      plain ? hello() : h("div", { class: "hello" }, h("h1", {}, title)),
      narrowing(choice, kinds.items, found(page)),
      page.items.length ? wall(page, choice, name) : empty(choice),
    ),
  };
}

const hello = () =>
  h(
    "div",
    { class: "hello" },
    h("h1", {}, "Find something to live with."),
    h("p", {}, "Take your time: your cart waits for you. What you order is held for you while you pay."),
  );

/** @param {import("../catalog.js").CardPage} page */
function found({ items, next_cursor: more }) {
  if (more) return `${items.length} and more`;
  return items.length === 1 ? "1 piece" : `${items.length} pieces`;
}

/** @param {string} name @param {import("../catalog.js").CardPage} page */
function keep(name, page) {
  read.delete(name);
  read.set(name, page);
  if (read.size > KEPT) read.delete(/** @type {string} */ (read.keys().next().value));
}

/** @param {import("../catalog.js").CardPage} page @param {Choice} choice @param {string} name */
function wall(page, choice, name) {
  const list = h("ul", { class: "wall" }, page.items.map(card));
  const foot = h("div", { class: "more" });
  const draw = (/** @type {string} */ trouble) => {
    const button = h("button", { class: "button", type: "button", onclick: more }, "Show more");
    foot.replaceChildren(
      ...(trouble ? [h("p", { class: "notice bad", role: "alert" }, trouble)] : []),
      ...(page.next_cursor ? [button] : []),
    );
  };
  async function more() {
    const cursor = page.next_cursor;
    try {
      const next = await listProducts({ ...choice, cursor });
      if (cursor !== page.next_cursor) return; // pressed twice
      page = { items: [...page.items, ...next.items], next_cursor: next.next_cursor };
    } catch (error) {
      return draw(asProblem(error).message);
    }
    const first = list.children.length;
    list.append(...page.items.slice(first).map(card));
    keep(name, page);
    draw("");
    list.children[first]?.querySelector("a")?.focus();
    say(`${page.items.length - first} more shown`);
  }
  draw("");
  return h("div", {}, list, foot);
}

/** @param {import("../catalog.js").Card} product @param {number} place */
function card(product, place) {
  const { price_from: from, price_to: to, compare_at: before } = product;
  return h(
    "li",
    { class: product.in_stock ? "card" : "card sold-out" },
    h("h2", {}, h("a", { href: `/products/${encodeURIComponent(product.slug)}` }, product.title)),
    product.vendor && h("p", { class: "soft small" }, product.vendor),
    h(
      "p",
      { class: "prices" },
      h("span", { class: "money" }, priceFrom(from, to)),
      before &&
        h(
          "s",
          { class: "was money" },
          h("span", { class: "unseen" }, "before: "),
          money(before),
        ),
    ),
    !product.in_stock && h("p", { class: "gone" }, "Sold out"),
    picture(product.image, "", { eager: place < EAGER }),
  );
}

/** @param {Choice} choice */
function empty({ search, type, in_stock: inStock }) {
  const narrowed = search || type || inStock;
  return h(
    "section",
    { class: "state" },
    h("h2", {}, narrowed ? "Nothing like that here" : "The walls are still bare"),
    h("p", {}, narrowed ? "Try another word, or look at everything." : "Nothing is for sale yet. Come back soon."),
    narrowed && h("button", { class: "button primary", type: "button", onclick: () => go("/") }, "See everything"),
  );
}
