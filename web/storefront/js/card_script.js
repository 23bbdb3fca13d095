// @ts-check
/** Stripe's script, or the double's with the same calls: which one, the shop's configuration says. */

const PATIENCE_MS = 20_000;

/**
 * Loads the script; where that failed once, it may go well the next time.
 * @param {string} url
 * @returns {Promise<import("../../types/stripe.js").StripeConstructor>}
 */
export function loadStripe(url) {
  if (window.Stripe) return Promise.resolve(window.Stripe);
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    const ended = () => (window.Stripe ? resolve(window.Stripe) : (script.remove(), reject(new Error(`no ${url}`))));
    script.addEventListener("load", ended);
    script.addEventListener("error", ended);
    setTimeout(ended, PATIENCE_MS);
    script.src = url;
    document.head.append(script);
  });
}
