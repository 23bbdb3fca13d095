// @ts-check
/** Browser storage that never throws: a browser may refuse it, or somebody may have written nonsense into it. */

/** Kept until the person clears it. */
export const lasting = keeper(() => window.localStorage);
/** Kept as long as this tab, reloads included. */
export const passing = keeper(() => window.sessionStorage);

/** @param {() => Storage} area */
function keeper(area) {
  /** @type {Map<string, string>} */
  const memory = new Map();
  return {
    /**
     * The JSON kept under a name; null if there is none.
     * @param {string} name
     * @returns {any}
     */
    get(name) {
      let kept = null;
      try {
        kept = area().getItem(`mercat.${name}`);
      } catch {
        /* refused: what lives as long as the page is all there is */
      }
      try {
        return JSON.parse(kept ?? memory.get(name) ?? "null");
      } catch {
        return null;
      }
    },
    /**
     * Keeps a value; null forgets it.
     * @param {string} name
     * @param {unknown} value
     */
    set(name, value) {
      if (value === null) memory.delete(name);
      else memory.set(name, JSON.stringify(value));
      try {
        if (value === null) area().removeItem(`mercat.${name}`);
        else area().setItem(`mercat.${name}`, JSON.stringify(value));
      } catch {
        /* refused or full: it lives as long as the page */
      }
    },
  };
}
