// @ts-check
/** What search engines read of the page of a product: in its head, and taken away with it. */
import { h } from "./dom.js";
import { decimal } from "./money.js";

const LONGEST = 300;

/**
 * @param {import("./catalog.js").Product} product
 * @param {string} words its description, without HTML
 */
export function headOf(product, words) {
  const told = product.seo_description || words.replace(/\s+/g, " ").trim().slice(0, LONGEST);
  const address = new URL(`/products/${encodeURIComponent(product.slug)}`, location.href).href;
  const data = h("script", { type: "application/ld+json" });
  data.textContent = JSON.stringify(described(product, told, address)); // data: it is never run, and no HTML is parsed
  return [
    told && h("meta", { name: "description", content: told }),
    h("link", { rel: "canonical", href: address }),
    data,
  ].filter((node) => node instanceof Node);
}

/**
 * As schema.org says.
 * @param {import("./catalog.js").Product} product
 * @param {string} told
 * @param {string} address
 */
export function described(product, told, address) {
  return {
    "@context": "https://schema.org",
    "@type": "Product",
    name: product.title,
    url: address,
    ...(told && { description: told }),
    ...(product.vendor && { brand: { "@type": "Brand", name: product.vendor } }),
    image: product.images.map(({ url }) => new URL(url, address).href),
    offers: product.variants.flatMap(({ id, sku, price, in_stock }) =>
      price
        ? {
            "@type": "Offer",
            sku,
            url: `${address}?variant=${id}`,
            price: decimal(price),
            priceCurrency: price.currency,
            availability: `https://schema.org/${in_stock ? "InStock" : "OutOfStock"}`,
          }
        : [],
    ),
  };
}
