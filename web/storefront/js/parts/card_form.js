// @ts-check
/** The card form: Stripe's Payment Element in the shop's colours, and what is said while it is not there. */
import { appearance, whenColoursChange } from "../appearance.js";
import { h } from "../dom.js";
import { phrase, t } from "../texts.js";

/** @typedef {import("../../../types/stripe.js").Stripe} Stripe */
/** @typedef {import("../../../types/stripe.js").Elements} Elements */

const PATIENCE_MS = 25_000;

/**
 * Shows the form in `place`.
 * @param {Stripe} stripe
 * @param {string} clientSecret
 * @param {HTMLElement} place in the document
 * @param {AbortSignal} signal ends it
 * @returns {Promise<Elements>} once a card can be typed
 * @throws {Error} it does not come
 */
export function showCardForm(stripe, clientSecret, place, signal) {
  const elements = stripe.elements({ clientSecret, appearance: appearance() });
  const element = elements.create("payment", { layout: "tabs" });
  signal.addEventListener("abort", () => element.destroy(), { once: true });
  whenColoursChange(() => elements.update({ appearance: appearance() }), signal);
  return new Promise((resolve, reject) => {
    const failed = (/** @type {string} */ why) => {
      element.destroy();
      reject(new Error(why));
    };
    const patience = setTimeout(() => failed("the card form did not come"), PATIENCE_MS);
    element.on("ready", () => {
      clearTimeout(patience);
      resolve(elements);
    });
    element.on("loaderror", ({ error }) => {
      clearTimeout(patience);
      failed(error?.message ?? "the card form did not load");
    });
    element.mount(place);
  });
}

/**
 * In the form's stead, where its script did not come.
 * @param {string} scriptUrl
 */
export function blockedNotice(scriptUrl) {
  const host = new URL(scriptUrl, location.href).host;
  return h(
    "div",
    { class: "notice warn stack" },
    h("p", {}, h("strong", {}, t("The card form could not be shown.")), " ", t("Nothing was charged.")),
    h(
      "p",
      {},
      phrase(
        "It comes from {host}. An ad blocker, a firewall or a lost connection may have stopped it: allow that address, then try again.",
        { host: h("strong", {}, host) },
      ),
      " ",
      t("Another browser or network may do, too; your order waits."),
    ),
  );
}
