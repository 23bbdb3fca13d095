// @ts-check
/** What is said about the page as a whole: its title, and what changes while a person is elsewhere on it. */

export const shop = document.documentElement.dataset.shop ?? "Shop";

/** @param {string} title */
export const pageTitle = (title) => (title === shop ? shop : `${title} · ${shop}`);

const HEARD_MS = 6000;
let saying = 0;

/**
 * Says something to whoever listens to the page.
 * @param {string} text
 */
export function say(text) {
  const status = document.getElementById("status");
  if (!status) return;
  status.textContent = "";
  clearTimeout(saying);
  saying = setTimeout(() => {
    status.textContent = text;
    saying = setTimeout(() => (status.textContent = ""), HEARD_MS); // nobody is to come upon it later
  }, 60);
}
