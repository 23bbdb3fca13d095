// @ts-check
/** The shop's colours and type for the card form, which sees none of our styles in its frame. */

const DARK = window.matchMedia("(prefers-color-scheme: dark)");

/** As Stripe's Appearance API takes it, for the colours that the page has now. */
export function appearance() {
  const ours = getComputedStyle(document.documentElement);
  const of = (/** @type {string} */ name) => ours.getPropertyValue(`--${name}`).trim();
  return {
    theme: DARK.matches ? "night" : "stripe",
    variables: {
      colorPrimary: of("accent"),
      colorBackground: of("card"),
      colorText: of("ink"),
      colorTextSecondary: of("soft"),
      colorTextPlaceholder: of("soft"),
      colorDanger: of("bad"),
      fontFamily: of("sans"),
      fontSizeBase: "16px",
      borderRadius: "6px",
    },
    rules: { ".Input": { border: `1px solid ${of("edge")}`, boxShadow: "none" } },
  };
}

/**
 * Calls back whenever light and dark change places.
 * @param {() => void} changed
 * @param {AbortSignal} signal
 */
export const whenColoursChange = (changed, signal) => DARK.addEventListener("change", changed, { signal });
