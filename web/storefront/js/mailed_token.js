// @ts-check
/** The secret of a mailed link: it stands behind the `#`, leaves the address bar at once, and is kept for this tab. */
import { passing } from "./storage.js";
import { again } from "./view.js";

const FORM = /^#[0-9a-f]{32}\.[\w-]{43}$/;
const LINK = "mailed-link";

/**
 * The token of the link that led to this page; null where it was opened without one, or after a link to another page.
 * Another link, opened in this tab, shows the page anew.
 * @param {AbortSignal} signal ends with the page
 * @returns {string | null}
 */
export function mailedToken(signal) {
  // To the browser it is the same page.
  window.addEventListener("hashchange", () => FORM.test(location.hash) && again(), { signal });
  if (FORM.test(location.hash)) {
    passing.set(LINK, { page: location.pathname, token: location.hash.slice(1) });
    history.replaceState(history.state, "", location.pathname + location.search);
  }
  const link = passing.get(LINK);
  return link?.page === location.pathname ? link.token : null;
}

/** It was used. */
export const forgetToken = () => passing.set(LINK, null);
