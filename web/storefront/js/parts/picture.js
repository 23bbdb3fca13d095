// @ts-check
/** A picture in its frame, in the size that the screen needs; an empty frame where the picture cannot be had. */
import { h } from "../dom.js";
import { t } from "../texts.js";

/** @typedef {import("../catalog.js").Image} Image */

// How wide a picture is shown: in the wall's columns (see css/shelf.css), or as a stamp beside a line.
const ON_THE_WALL = "(max-width: 20rem) 100vw, (max-width: 36rem) 45vw, 20rem";
const AS_A_STAMP = "5rem";
const STAMP_PIXELS = 320;

/**
 * @param {Image | string | null | undefined} image a string is the address of an image of the shop
 * @param {string} alt empty where the picture only repeats the words beside it
 * @param {{ eager?: boolean, small?: boolean, sizes?: string }} [how] sizes: how wide it is shown, as in HTML
 */
export function picture(image, alt, { eager = false, small = false, sizes = small ? AS_A_STAMP : ON_THE_WALL } = {}) {
  const frame = h("figure", { class: small ? "print small" : "print" });
  if (!image) {
    bare(frame);
    return frame;
  }
  // The address comes last: with it the browser begins to load what the attributes before it chose.
  frame.append(
    h("img", {
      alt,
      loading: eager ? "eager" : "lazy",
      decoding: "async",
      referrerpolicy: "no-referrer",
      ...(typeof image === "string" ? { src: small ? stamp(image) : image } : sources(image, sizes)),
    }),
  );
  return frame;
}

/** An empty frame. @param {Element} frame */
function bare(frame) {
  frame.classList.add("bare");
  frame.replaceChildren(
    ...(frame.classList.contains("small") ? [] : [h("span", { class: "unframed" }, t("No picture"))]),
  );
}

/** From now on a picture that cannot be had leaves an empty frame, whoever has drawn it; also one that failed before. */
export function mendPictures() {
  const mend = (/** @type {unknown} */ image) => {
    const frame = image instanceof HTMLImageElement && image.closest(".print");
    if (frame) bare(frame);
  };
  window.addEventListener("error", (event) => mend(event.target), { capture: true });
  for (const image of document.images)
    if (image.complete && !image.naturalWidth && image.currentSrc) image.decode().catch(() => mend(image));
}

/** @param {Image} image @param {string} sizes */
function sources({ url, width, height, sizes: files = [] }, sizes) {
  if (files.length === 0) return { width, height, src: url };
  const srcset = files.map((file) => `${file.url} ${file.width}w`).join(", ");
  return { width, height, sizes, srcset, src: url };
}

/** @param {string} address */
const stamp = (address) => (address.startsWith("/api/v1/media/") ? `${address}?width=${STAMP_PIXELS}` : address);
