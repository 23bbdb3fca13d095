// @ts-check
/** The fields of an address, which follow the country that is chosen. What was typed into a field is never lost. */
import { ANYWHERE, countries, labelOf, likelyCountry } from "../countries.js";
import { h } from "../dom.js";
import { say } from "../page.js";
import { t } from "../texts.js";
import { field, relabel } from "./forms.js";

/** @typedef {import("../countries.js").Part} Part */
/** @typedef {import("../countries.js").Rules} Rules */

/** @type {Record<Part, { label?: string, autocomplete: string, more: Record<string, any>, type?: string }>} */
const PARTS = {
  name: { label: t("Full name"), autocomplete: "name", more: { maxlength: 120 } },
  line1: { label: t("Street and number"), autocomplete: "address-line1", more: { maxlength: 200 } },
  line2: { label: t("Flat, floor, company"), autocomplete: "address-line2", more: { maxlength: 200 } },
  postal_code: { autocomplete: "postal-code", more: { maxlength: 16 } },
  city: { autocomplete: "address-level2", more: { maxlength: 120 } },
  region: { autocomplete: "address-level1", more: { maxlength: 200 } },
  phone: { label: t("Phone"), autocomplete: "tel", type: "tel", more: { maxlength: 50 } },
};
const PLACES = new Set(["postal_code", "city", "region"]);

/**
 * @param {Map<string, Rules>} all
 * @param {string} prefix of the fields' names, with its dot
 * @param {(part: Part | "country") => string} before what is known of a part
 */
export function addressFields(all, prefix, before) {
  const made = new Map(parts().map((part) => [part, input(prefix, part, before(part))]));
  const country = field({
    name: `${prefix}country`,
    label: t("Country"),
    autocomplete: "shipping country",
    choices: countries(all),
    value: before("country") || likelyCountry(all),
  });
  const choice = /** @type {HTMLSelectElement} */ (country.querySelector("select"));
  const place = h("div", { class: "fields" });
  const follow = () => place.replaceChildren(...arranged(made, all.get(choice.value) ?? ANYWHERE));
  choice.addEventListener("change", () => {
    follow();
    say(t("The fields of the address have changed."));
  });
  follow();
  return [country, place];
}

const parts = () => /** @type {Part[]} */ (Object.keys(PARTS));

/** @param {string} prefix @param {Part} part @param {string} value */
function input(prefix, part, value) {
  const { label = "", autocomplete, more, type } = PARTS[part];
  return field({ name: `${prefix}${part}`, label, autocomplete: `shipping ${autocomplete}`, type, value, more });
}

/** @param {Map<Part, HTMLElement>} made @param {Rules} rules @returns {Node[]} */
function arranged(made, rules) {
  /** @type {Node[]} */
  const nodes = [];
  /** @type {HTMLElement | null} */
  let side = null;
  for (const part of rules.fields) {
    const node = /** @type {HTMLElement} */ (made.get(part));
    const needed = rules.required.includes(part) || rules.one_of[0] === part;
    relabel(node, PARTS[part].label ?? labelOf(rules, part), !needed);
    if (!PLACES.has(part)) {
      side = null;
      nodes.push(node);
      continue;
    }
    if (!side) nodes.push((side = h("div", { class: part === "postal_code" ? "pair narrow-first" : "pair" })));
    side.append(node);
  }
  return nodes;
}
