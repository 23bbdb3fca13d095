// @ts-check
/** A product's pictures: one large, the others to choose from. */
import { h } from "../dom.js";
import { picture } from "./picture.js";

// As css/product.css has it: beside the words, or above them.
const LARGE = "(max-width: 52rem) 90vw, 38rem";

/** @param {import("../catalog.js").Product} product */
export function gallery(product) {
  const { images, title } = product;
  const large = h("div", { class: "views" });
  const thumbs = images.length > 1 ? images.map(thumb) : [];

  /** @param {import("../catalog.js").Image} image @param {number} place */
  function thumb(image, place) {
    const words = image.alt && image.alt !== title ? image.alt : `Picture ${place + 1} of ${images.length}`;
    return h(
      "button",
      { type: "button", "aria-label": words, "aria-pressed": "false", onclick: () => choose(place) },
      picture(image, "", { small: true }),
    );
  }

  /** @param {number} place */
  function choose(place) {
    const image = images[place];
    large.replaceChildren(picture(image, image?.alt || title, { eager: true, sizes: LARGE }));
    thumbs.forEach((button, number) => button.setAttribute("aria-pressed", String(number === place)));
  }

  choose(0);
  return {
    node: h(
      "div",
      { class: "views" },
      large,
      thumbs.length > 0 && h("div", { class: "thumbs", role: "group", "aria-label": "Pictures" }, thumbs),
    ),
    /** Shows a variant's own picture, if it has one. @param {string | null} url */
    show(url) {
      const place = images.findIndex((image) => image.url === url);
      if (place >= 0) choose(place);
    },
  };
}
