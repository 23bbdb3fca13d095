// @ts-check
/** The foot of every page. On the machine of whoever runs the shop, it shows the way behind the counter. */
import { h } from "../dom.js";
import { consentLink } from "./consent.js";

const HERE = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** @param {HTMLElement | null} place */
export function footer(place) {
  const links = [
    ["/", "The whole shop"],
    ["/cart", "Your cart"],
    ["/orders", "Your orders"],
    ["/orders/find", "Find an order"],
  ].map(([href, words]) => h("li", {}, h("a", { href }, words)));
  const behind = HERE.has(location.hostname)
    ? [
        ["/about", "Behind the counter"],
        ["/mail", "Mail this shop sent"],
        ["/docs", "API docs"],
      ]
    : [];
  const more = behind.map(([href, words]) => h("li", {}, h("a", { href, "data-leave": true }, words)));
  const measuring = consentLink();
  place?.append(h("nav", { "aria-label": "More" }, h("ul", {}, links, measuring && h("li", {}, measuring), more)));
}
