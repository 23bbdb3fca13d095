// @ts-check
/** Pages that are at another address now: as the shop's redirects say, and the slugs that products had. */
import { query, request } from "./api.js";
import { Problem } from "./problem.js";
import { go } from "./router.js";

/**
 * Goes to where the page of this address is now.
 * @param {AbortSignal} signal
 * @returns {Promise<boolean>} false where it leads nowhere
 */
export async function leadOn(signal) {
  let found;
  try {
    found = await request("GET", `/api/v1/content/redirects${query({ path: location.pathname })}`, { signal });
  } catch (error) {
    if (error instanceof Problem) return false; // whatever stops it, the page says that there is nothing
    throw error;
  }
  if (!found.to_path) return false;
  go(found.to_path, { replace: true });
  return true;
}

/**
 * The address bar shows where the page is now, for bookmarks and search engines; nothing is loaded anew.
 * @param {string} path
 */
export function rename(path) {
  history.replaceState(history.state, "", path + location.search + location.hash);
}
