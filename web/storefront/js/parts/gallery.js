// @ts-check
/** A product's pictures, which the server has drawn: one large, the others to choose from. */
import { h } from "../dom.js";
import { t } from "../texts.js";
import { picture } from "./picture.js";

// As css/product.css has it: beside the words, or above them.
const LARGE = "(max-width: 52rem) 90vw, 38rem";

/**
 * @param {import("../catalog.js").Product} product
 * @param {HTMLElement | null} place
 */
export function gallery({ images: all, title }, place) {
  // In the place of one that is not fetched, or cannot be, is a placeholder.
  const images = all.filter((image) => image.width || !image.source_url);
  const large = place?.querySelector(".large");
  const thumbs = images.length > 1 ? images.map(thumb) : [];
  let shown = 0;

  /** @param {import("../catalog.js").Image} image @param {number} number */
  function thumb(image, number) {
    const usual = t("Picture {number} of {all}", { number: number + 1, all: images.length });
    const words = image.alt && image.alt !== title ? image.alt : usual;
    return h(
      "button",
      { type: "button", "aria-label": words, "aria-pressed": String(number === 0), onclick: () => choose(number) },
      picture(image, "", { small: true }),
    );
  }

  /** @param {number} number */
  function choose(number) {
    const image = images[number];
    if (number === shown || !image) return;
    shown = number;
    large?.replaceChildren(picture(image, image.alt || title, { eager: true, sizes: LARGE }));
    thumbs.forEach((button, each) => button.setAttribute("aria-pressed", String(each === number)));
  }

  place?.querySelector(".thumbs")?.remove();
  if (thumbs.length) place?.append(h("div", { class: "thumbs", role: "group", "aria-label": t("Pictures") }, thumbs));
  return {
    /** Shows a variant's own picture, if it has one. @param {string | null} url */
    show(url) {
      choose(images.findIndex((image) => image.url === url));
    },
  };
}
