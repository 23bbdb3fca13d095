// @ts-check
/** One product, which the server has drawn: its pictures change with its variants, and it can be put into the cart. */
import { readStock } from "../catalog.js";
import { about } from "../page.js";
import { gallery } from "../parts/gallery.js";
import { buying } from "./buying.js";

/** @param {import("../view.js").Visit} visit */
export function view({ query, signal }) {
  const place = document.querySelector("[data-buy]");
  /** @type {import("../catalog.js").Product | undefined} */
  const product = about().product;
  if (!place || !product) return;
  const pictures = gallery(product, document.querySelector("[data-gallery]"));
  const desk = buying(product, query.get("variant"), pictures.show);
  place.replaceChildren(desk.node);
  refresh(product, signal).then((changed) => changed && desk.draw());
}

/**
 * The page may have come from a cache; what is left of it is asked for anew. Without an answer the page's word counts.
 * @param {import("../catalog.js").Product} product
 * @param {AbortSignal} signal
 * @returns {Promise<boolean>} whether anything is otherwise
 */
async function refresh(product, signal) {
  const found = await readStock(product.slug, signal).catch(() => ({ items: [] }));
  const now = new Map(found.items.map((each) => [each.variant_id, each]));
  let changed = false;
  for (const variant of product.variants) {
    const { in_stock: inStock, available } = now.get(variant.id) ?? variant;
    changed ||= inStock !== variant.in_stock || available !== variant.available;
    Object.assign(variant, { in_stock: inStock, available });
  }
  return changed;
}
