// @ts-check
/** Shows a description that is HTML: node by node, by a list of what may be shown. Nothing else gets through. */
import { h } from "./dom.js";

const SHOWN = new Set(["p", "br", "ul", "ol", "li", "strong", "em", "b", "i", "h2", "h3", "h4"]);
const DROPPED = new Set(["script", "style", "template", "iframe", "object", "svg", "math", "noscript", "title"]);

/**
 * @param {string} html
 * @returns {Node[]}
 */
export function shown(html) {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  return copies(parsed.body);
}

/**
 * @param {Node} parent
 * @returns {Node[]}
 */
const copies = (parent) => Array.from(parent.childNodes).flatMap(copy);

/**
 * @param {Node} node
 * @returns {Node[]} of an element that is not shown, its content
 */
function copy(node) {
  if (node.nodeType === Node.TEXT_NODE) return [document.createTextNode(node.textContent ?? "")];
  if (!(node instanceof Element)) return [];
  const tag = node.localName;
  if (DROPPED.has(tag)) return [];
  if (tag === "a") return [link(node)];
  if (!SHOWN.has(tag)) return copies(node);
  return [h(/** @type {"p"} */ (tag), {}, copies(node))];
}

/** @param {Element} node */
function link(node) {
  const href = node.getAttribute("href") ?? "";
  const safe = /^(https?:\/\/|mailto:|\/(?!\/))/i.test(href);
  const foreign = /^https?:/i.test(href);
  return h("a", { href: safe ? href : null, rel: foreign ? "noopener noreferrer nofollow" : null }, copies(node));
}
