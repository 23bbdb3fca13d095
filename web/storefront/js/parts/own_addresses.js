// @ts-check
/** The address book of the account: the checkout begins with its first choice. */
import { addAddress, changeAddress, deleteAddress, readAddresses } from "../accounts.js";
import { secret } from "../attempt.js";
import { addressRules, countryName } from "../countries.js";
import { h } from "../dom.js";
import { say } from "../page.js";
import { account } from "../session.js";
import { t } from "../texts.js";
import { addressFields } from "./address.js";
import { form } from "./forms.js";
import { section } from "./own_section.js";

/** @typedef {import("../accounts.js").Address} Address */
/** @typedef {import("./own_section.js").Section} Section */

const PARTS = /** @type {const} */ (["name", "line1", "line2", "postal_code", "city", "region", "country", "phone"]);

/** @param {AbortSignal} signal */
export function addresses(signal) {
  const own = section("addresses", t("Addresses"), async (here) => {
    const known = await readAddresses(signal);
    const place = h("div", {});
    const add = h(
      "button",
      { class: "button", type: "button", onclick: () => edit(here, place, null) },
      t("Add an address"),
    );
    return [
      h(
        "ul",
        { class: "book" },
        known.map((each) => row(here, place, each)),
      ),
      add,
      place,
    ];
  });
  own.fill();
  return own.node;
}

/** @param {Section} here @param {HTMLElement} place @param {Address} known */
function row(here, place, known) {
  const { name, line1, city, postal_code: code, country } = known;
  const words = [name, line1, [code, city].filter(Boolean).join(" "), countryName(country)].filter(Boolean).join(", ");
  const act = (/** @type {string} */ label, /** @type {() => unknown} */ onclick) =>
    h("button", { class: "link", type: "button", "aria-label": `${label}: ${words}`, onclick }, label);
  const suggest = () =>
    here.run(async () => {
      await changeAddress(known.id, { ...wishOf((part) => known[part]), ...usualOf(known), default_shipping: true });
      await here.fill();
    });
  const remove = () =>
    here.run(async () => {
      await deleteAddress(known.id);
      await here.fill();
      say(t("The address is deleted."));
    });
  return h(
    "li",
    {},
    h("p", {}, words, known.default_shipping && h("span", { class: "badge" }, t("Suggested at the checkout"))),
    h(
      "div",
      { class: "row" },
      act(t("Change"), () => edit(here, place, known)),
      !known.default_shipping && act(t("Suggest at the checkout"), suggest),
      act(t("Delete"), remove),
    ),
  );
}

/** @param {(part: typeof PARTS[number]) => string | null | undefined} of @returns {import("../accounts.js").AddressWish} */
const wishOf = (of) => Object.fromEntries(PARTS.map((part) => [part, of(part) || null]));

/** For what it is suggested. @param {Address | null} known */
const usualOf = (known) => ({
  default_shipping: known?.default_shipping ?? false,
  default_billing: known?.default_billing ?? false,
});

/** The form, for a new address or one that is there. @param {Section} here @param {HTMLElement} place @param {Address | null} known */
function edit(here, place, known) {
  return here.run(async () => {
    const rules = await addressRules();
    const before = (/** @type {typeof PARTS[number]} */ part) =>
      (known ? known[part] : part === "name" ? account()?.name : "") ?? "";
    let sent = { text: "", key: "" };
    const send = async (/** @type {Record<string, string>} */ typed) => {
      const wish = { ...wishOf((part) => typed[part]), ...usualOf(known) };
      const text = JSON.stringify(wish);
      if (text !== sent.text) sent = { text, key: secret() };
      await (known ? changeAddress(known.id, wish) : addAddress(wish, sent.key));
      await here.fill();
      document.getElementById("addresses")?.focus();
      say(t("The address is kept."));
    };
    const fields = addressFields(rules, "", before);
    const made = form({ parts: fields, button: t("Keep this address"), busy: t("One moment…"), send });
    place.replaceChildren(made);
    made.querySelector("select")?.focus();
  });
}
