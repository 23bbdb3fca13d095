// @ts-check
/** One product: its pictures, its variants, and the way into the cart. */
import { readProduct } from "../catalog.js";
import { h } from "../dom.js";
import { shown } from "../html.js";
import { gallery } from "../parts/gallery.js";
import { buying } from "./buying.js";

/** @param {import("../router.js").Visit} visit */
export async function productView({ params, query, signal }) {
  const product = await readProduct(params.slug ?? "", signal);
  const pictures = gallery(product);
  const told = shown(product.description_html);
  return {
    title: product.title,
    node: h(
      "div",
      {},
      h("a", { class: "back", href: "/" }, "← All pieces"),
      h(
        "article",
        { class: "work" },
        h("div", { class: "views" }, pictures.node),
        h(
          "div",
          { class: "about" },
          h("div", {}, product.vendor && h("p", { class: "eyebrow" }, product.vendor), h("h1", {}, product.title)),
          buying(product, query.get("variant"), pictures.show),
          told.length > 0 && h("div", { class: "told" }, told),
        ),
      ),
    ),
  };
}
