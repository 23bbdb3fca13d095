// @ts-check
/** Shows plain text or simple Markdown as nodes: headings, lists, paragraphs, strong words and links. HTML in it stays text. */
import { h } from "./dom.js";

const HEADING = /^(#{1,6})\s+(.+?)\s*#*$/;
const ITEM = /^\s*(?:[-*+]|(\d{1,9})[.)])\s+(.+)$/;
const INLINE = /\*\*([^*\n]+)\*\*|__([^_\n]+)__|\[([^\]\n]+)\]\(([^()\s]+)\)|(https?:\/\/[^\s<>"')\]]*[^\s<>"')\].,;:!?])/g;
const SAFE = /^(https?:\/\/|mailto:|tel:|\/(?!\/))/i;
const FOREIGN = /^https?:/i;
const DEEPEST = 4;

/**
 * The page's own heading is the first level, so these begin at the second; none is skipped.
 * @param {string} text
 * @returns {Node[]}
 */
export function written(text) {
  let level = 1;
  return text
    .replace(/\r\n?/g, "\n")
    .split(/\n{2,}/)
    .flatMap((block) => parts(block))
    .map((part) => {
      if (part.kind !== "heading") return part.kind === "list" ? list(part.lines) : paragraph(part.lines);
      level = Math.min(part.level + 1, level + 1, DEEPEST);
      return h(/** @type {"h2"} */ (`h${level}`), {}, inline(part.lines[0] ?? ""));
    });
}

/** @typedef {{ kind: "heading" | "list" | "text", level: number, lines: string[] }} Part */

/**
 * The lines of a block, those of one kind together.
 * @param {string} block
 * @returns {Part[]}
 */
function parts(block) {
  /** @type {Part[]} */
  const found = [];
  for (const line of block.split("\n").filter((each) => each.trim())) {
    const heading = HEADING.exec(line);
    if (heading) {
      found.push({ kind: "heading", level: heading[1]?.length ?? 1, lines: [heading[2] ?? ""] });
      continue;
    }
    const kind = ITEM.test(line) ? "list" : "text";
    const last = found.at(-1);
    if (last?.kind === kind) last.lines.push(line);
    else found.push({ kind, level: 0, lines: [line] });
  }
  return found;
}

/** @param {string[]} lines */
const paragraph = (lines) => h("p", {}, lines.flatMap((line, at) => (at ? [h("br"), ...inline(line)] : inline(line))));

/** @param {string[]} lines */
function list(lines) {
  const items = lines.map((line) => ITEM.exec(line));
  const first = items[0]?.[1];
  const rows = items.map((item) => h("li", {}, inline(item?.[2] ?? "")));
  return first ? h("ol", { start: first === "1" ? null : first }, rows) : h("ul", {}, rows);
}

/**
 * @param {string} text
 * @returns {(Node | string)[]}
 */
function inline(text) {
  /** @type {(Node | string)[]} */
  const found = [];
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    found.push(text.slice(from, match.index));
    from = match.index + match[0].length;
    const [whole, strong, strongToo, words, href, address] = match;
    if (strong ?? strongToo) found.push(h("strong", {}, strong ?? strongToo));
    else if (address) found.push(link(address, address));
    else found.push(href && SAFE.test(href) ? link(words ?? href, href) : whole);
  }
  return [...found, text.slice(from)];
}

/** @param {string} words @param {string} href */
const link = (words, href) => h("a", { href, rel: FOREIGN.test(href) ? "noopener noreferrer" : null }, words);
