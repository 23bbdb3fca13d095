// @ts-check
/** A picture in its frame; an empty frame where the picture cannot be had. */
import { h } from "../dom.js";

/**
 * @param {string | null | undefined} address
 * @param {string} alt empty where the picture only repeats the words beside it
 * @param {{ eager?: boolean, small?: boolean }} [how]
 */
export function picture(address, alt, { eager = false, small = false } = {}) {
  const frame = h("figure", { class: small ? "print small" : "print" });
  const bare = () => {
    frame.classList.add("bare");
    frame.replaceChildren(...(small ? [] : [h("span", { class: "unframed" }, "No picture")]));
  };
  if (!address) {
    bare();
    return frame;
  }
  frame.append(
    h("img", {
      src: address,
      alt,
      loading: eager ? "eager" : "lazy",
      decoding: "async",
      referrerpolicy: "no-referrer",
      onerror: bare,
    }),
  );
  return frame;
}

/**
 * Where an image is to be had: while the shop has no copy of its own, from where it came.
 * @param {import("../catalog.js").Image | null | undefined} image
 */
export const addressOf = (image) => image?.source_url ?? image?.url ?? null;
