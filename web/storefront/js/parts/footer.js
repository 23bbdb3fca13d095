// @ts-check
/** The foot of every page. On the machine of whoever runs the shop, it shows the way behind the counter. */
import { h } from "../dom.js";
import { listPolicies } from "../shop.js";
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
  const texts = h("ul", { hidden: true });
  place?.append(h("nav", { "aria-label": "More" }, texts, h("ul", {}, links, measuring && h("li", {}, measuring), more)));
  nameTexts(texts);
}

/** Links to the shop's texts, in their own language. Without an answer there are none, and the page is whole. @param {HTMLElement} place */
async function nameTexts(place) {
  const found = await listPolicies().catch(() => []);
  place.append(
    ...found.map(({ kind, language, title }) =>
      h("li", {}, h("a", { href: `/policies/${kind}`, lang: language }, title)),
    ),
  );
  place.hidden = !found.length;
}
