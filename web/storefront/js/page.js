// @ts-check
/** What is said about the page as a whole: its title, and what changes while a person is elsewhere on it. */

export const shop = document.documentElement.dataset.shop ?? "Shop";

/** @param {string} title */
export const pageTitle = (title) => (title === shop ? shop : `${title} · ${shop}`);

/**
 * Says something to whoever listens to the page.
 * @param {string} text
 */
export function say(text) {
  const status = document.getElementById("status");
  if (!status) return;
  status.textContent = "";
  setTimeout(() => {
    status.textContent = text;
  }, 60);
}
