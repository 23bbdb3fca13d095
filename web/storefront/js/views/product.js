// @ts-check
/** One product: its pictures, its variants, and the way into the cart. */
import { readProduct } from "../catalog.js";
import { h } from "../dom.js";
import { leadOn, rename } from "../elsewhere.js";
import { headOf } from "../found.js";
import { shown } from "../html.js";
import { gallery } from "../parts/gallery.js";
import { Problem } from "../problem.js";
import { buying } from "./buying.js";

/** @param {import("../router.js").Visit} visit */
export async function productView({ params, query, signal }) {
  const slug = params.slug ?? "";
  const product = await readProduct(slug, signal).catch(async (error) => {
    if (error instanceof Problem && error.missing) await leadOn(signal);
    throw error;
  });
  if (product.slug !== slug && !signal.aborted) rename(`/products/${encodeURIComponent(product.slug)}`);
  const pictures = gallery(product);
  const told = shown(product.description_html);
  return {
    title: product.seo_title || product.title,
    head: headOf(product, told.map((node) => node.textContent).join(" ")),
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
