// @ts-check
/** How a page felt, from the browser's own figures: largest paint, slowest interaction, first byte, shift of the layout. */

/** @typedef {{ vital: "lcp" | "inp" | "ttfb" | "cls", value: number }} Vital */

// A window of shifts ends after a second without one, and after five seconds: https://web.dev/articles/cls
const GAP_MS = 1000;
const WINDOW_MS = 5000;
// Of so many interactions one may be slower than what is told: https://web.dev/articles/inp
const OUTLIER_IN = 50;
const WORST = 10;

/**
 * Watches until `stop`. `take` gives what the page was like, once.
 * @param {boolean} fromStart whether what the browser measured of this document so far counts, too
 */
export function vitals(fromStart) {
  /** @type {[PerformanceObserver, (entries: PerformanceEntryList) => void][]} */
  const observers = [];
  const document_ = fromStart && document.visibilityState === "visible" ? ofDocument() : null;
  const page = ofPage(fromStart ? 0 : performance.now());
  let taken = false;

  /** @param {string} type @param {(entries: any[]) => void} use @param {object} [more] */
  function observe(type, use, more = {}) {
    if (!PerformanceObserver.supportedEntryTypes?.includes(type)) return;
    const observer = new PerformanceObserver((list) => use(list.getEntries()));
    observer.observe({ type, buffered: fromStart, ...more });
    observers.push([observer, use]);
  }
  if (document_) observe("largest-contentful-paint", (entries) => document_.painted(entries));
  observe("layout-shift", (entries) => page.shifted(entries));
  observe("event", (entries) => page.answered(entries), { durationThreshold: 16 });
  observe("first-input", (entries) => page.answered(entries));

  return {
    /** @returns {Vital[]} */
    take() {
      for (const [observer, use] of observers) use(observer.takeRecords());
      const found = [...(document_?.take() ?? []), ...(taken ? [] : page.take())];
      taken = true;
      return found;
    },
    stop() {
      for (const [observer] of observers) observer.disconnect();
    },
  };
}

/** What is measured of a document that was seen from its start alone. */
function ofDocument() {
  let paint = 0;
  return {
    /** @param {any[]} entries */
    painted(entries) {
      paint = entries.at(-1)?.startTime ?? paint;
    },
    /** @returns {Vital[]} */
    take() {
      const [navigation] = /** @type {any[]} */ (performance.getEntriesByType("navigation"));
      const began = navigation?.activationStart ?? 0;
      const found = [seconds("lcp", paint - began), seconds("ttfb", (navigation?.responseStart ?? 0) - began)];
      this.take = () => [];
      return found.filter(({ value }) => value > 0);
    },
  };
}

/** What a page is like while it is shown. @param {number} from what happened before does not count */
function ofPage(from) {
  let shift = 0;
  let sum = 0;
  let first = 0;
  let last = -Infinity;
  /** @type {Map<number, number>} */
  const slowest = new Map();
  const interactions = () => /** @type {any} */ (performance).interactionCount ?? slowest.size;
  const before = interactions();
  return {
    /** @param {any[]} entries */
    shifted(entries) {
      for (const { hadRecentInput, startTime, value } of entries) {
        if (hadRecentInput) continue;
        const goesOn = startTime - last < GAP_MS && startTime - first < WINDOW_MS;
        if (!goesOn) first = startTime;
        sum = goesOn ? sum + value : value;
        last = startTime;
        shift = Math.max(shift, sum);
      }
    },
    /** @param {any[]} entries */
    answered(entries) {
      for (const { interactionId, duration, startTime } of entries) {
        if (!interactionId || startTime < from) continue;
        slowest.set(interactionId, Math.max(duration, slowest.get(interactionId) ?? 0));
        if (slowest.size <= WORST) continue;
        const [least] = [...slowest].sort(([, one], [, other]) => one - other);
        if (least) slowest.delete(least[0]);
      }
    },
    /** @returns {Vital[]} */
    take() {
      const worst = [...slowest.values()].sort((one, other) => other - one);
      const told = worst[Math.min(worst.length - 1, Math.floor((interactions() - before) / OUTLIER_IN))];
      return [{ vital: "cls", value: rounded(shift) }, ...(told === undefined ? [] : [seconds("inp", told)])];
    },
  };
}

/** @param {"lcp" | "inp" | "ttfb"} vital @param {number} milliseconds @returns {Vital} */
const seconds = (vital, milliseconds) => ({ vital, value: rounded(Math.min(milliseconds, 600_000) / 1000) });

/** Three decimals say all that is of use, and nothing about whose browser it is. @param {number} value */
const rounded = (value) => Math.round(Math.min(value, 600) * 1000) / 1000;
