// @ts-check
/** How it is shipped, a discount code, and how it is paid: shown where there is something to choose. */
import { h } from "../dom.js";
import { money } from "../money.js";
import { say } from "../page.js";
import { language, t } from "../texts.js";
import { field, relabel } from "./forms.js";

/** @typedef {import("../pricing.js").Calculation} Calculation */
/** @typedef {import("../pricing.js").Method} Method */

const SHIPPED = t("How it is shipped");
const METHOD = "shipping_method";
const CODE = "discount_codes.0";
const PAYMENT = "payment_method";
// The fields that the price depends on.
export const PRICED = new Set([
  METHOD,
  CODE,
  ...["country", "region", "postal_code"].map((name) => `shipping_address.${name}`),
]);

/** @type {Record<string, string>} */
const WAYS = { card: t("By card"), bank_transfer: t("By bank transfer"), cash: t("In cash") };

/**
 * @param {import("../pricing.js").Settings} settings
 * @param {(name: string) => string} before what was chosen before
 * @returns {{ node: HTMLElement, show: (priced: Calculation | null) => void }}
 */
export function choices({ payment_methods: ways }, before) {
  const method = field({ name: METHOD, label: SHIPPED, choices: [], optional: true });
  const select = /** @type {HTMLSelectElement} */ (method.querySelector("select"));
  const code = field({
    name: CODE,
    label: t("Discount code"),
    optional: true,
    autocomplete: "off",
    value: before(CODE),
    more: { maxlength: 64 },
  });
  // The change of the field asks the shop; the button is there to be pressed after typing.
  const apply = h("button", { class: "button", type: "button" }, t("Apply the code"));
  const pay = field({
    name: PAYMENT,
    label: t("How you pay"),
    choices: ways.map((way) => [way, WAYS[way] ?? way]),
    value: before(PAYMENT) || ways[0],
  });
  const legend = h("legend", {}, t("What else?"));
  const node = h("fieldset", { class: "part" }, legend, method, code, apply, ways.length > 1 && pay);
  return { node, show };

  /** @param {Calculation | null} priced */
  function show(priced) {
    const offered = priced?.methods.filter(({ id }) => id !== null) ?? [];
    method.hidden = offered.length < 2;
    relabel(method, SHIPPED, method.hidden);
    select.replaceChildren(...offered.map((each) => option(each, each.id === priced?.method_id)));
    const wrong = whyNot(priced?.rejected_codes[0]);
    code.querySelector(".wrong")?.replaceChildren(wrong);
    if (wrong) say(wrong);
  }
}

/** The API says it in English. @param {{ message: string } | undefined} rejected */
function whyNot(rejected) {
  if (!rejected) return "";
  return language === "en" ? rejected.message : t("The discount code does not count for this order.");
}

/** @param {Method} method @param {boolean} selected */
const option = (method, selected) => h("option", { value: method.id, selected }, words(method));

/** @param {Method} method */
function words({ title, price, min_days: least, max_days: most, pickup_at: where }) {
  const days =
    most === null
      ? ""
      : least === most
        ? t("{days} days", { days: most })
        : t("{least} to {most} days", { least: least ?? 0, most });
  return [title, price.amount ? money(price) : t("Free"), where ?? days].filter(Boolean).join(" · ");
}

/** What the choices of a form are to the shop. @param {Record<string, string>} typed */
export function chosen(typed) {
  const [country, region, postal] = ["country", "region", "postal_code"].map(
    (name) => typed[`shipping_address.${name}`],
  );
  return {
    destination: country ? { country, region: region || null, postal_code: postal || null } : undefined,
    method_id: typed[METHOD] || null,
    codes: typed[CODE] ? [typed[CODE]] : [],
  };
}

/**
 * What an order names beside who and where; a code that does not count is left out, as the page has said.
 * @param {Record<string, string>} typed
 * @param {Calculation | null} priced
 */
export function further(typed, priced) {
  const { method_id: method = null, rejected_codes: rejected = [] } = priced ?? {};
  return {
    ...(method ? { shipping_method: method } : {}),
    ...(typed[CODE] && !rejected.length ? { discount_codes: [typed[CODE]] } : {}),
    ...(typed[PAYMENT] && typed[PAYMENT] !== "card" ? { payment_method: typed[PAYMENT] } : {}),
  };
}
