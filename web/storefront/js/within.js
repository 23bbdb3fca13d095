// @ts-check
/** Addresses to go on to, which may be anybody's wish. */

/**
 * The address, if it is one of this shop; else the home page's.
 * @param {string | null | undefined} wanted
 * @param {string} origin the shop's
 * @param {string} home
 */
export function within(wanted, origin, home) {
  if (!wanted?.startsWith("/") || !URL.canParse(wanted, origin)) return home;
  const url = new URL(wanted, origin);
  // The path of "/.//host" is "//host": by itself that is the address of another host.
  return url.origin === origin && !url.pathname.startsWith("//") ? url.pathname + url.search : home;
}
