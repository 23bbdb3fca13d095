// @ts-check
/** Asks once whether pages may be measured, beside the page and not in its way; the footer asks again on demand. */
import { answer, browserRefuses, decide } from "../consent.js";
import { h } from "../dom.js";
import { say } from "../page.js";

/** Asks who has not been asked. */
export function askOnce() {
  if (answer() === null) open();
}

/** The way back to the question, for the footer; none where the browser has answered it. */
export const consentLink = () =>
  browserRefuses() ? false : h("button", { type: "button", class: "link", id: "measuring", onclick: ask }, "Measuring");

function ask() {
  if (!document.getElementById("consent")) open();
  /** @type {HTMLElement | null} */ (document.querySelector("#consent button"))?.focus();
}

function open() {
  const choose = (/** @type {boolean} */ yes) => () => close(yes);
  const panel = h(
    "section",
    { class: "consent", id: "consent", "aria-label": "Measuring" },
    h("p", {}, "May we measure how fast our pages are, where they fail, and how far a checkout gets?"),
    h("p", { class: "soft small" }, `${standing()}No cookies, nothing about you. Change it at the foot of any page.`),
    h(
      "div",
      { class: "pair" },
      h("button", { class: "button", type: "button", onclick: choose(false) }, "No"),
      h("button", { class: "button", type: "button", onclick: choose(true) }, "Yes"),
    ),
  );
  document.querySelector(".skip")?.after(panel);
}

function standing() {
  const said = answer();
  return said === null ? "" : said ? "You said yes. " : "You said no. ";
}

/** @param {boolean} yes */
function close(yes) {
  const panel = document.getElementById("consent");
  const inside = panel?.contains(document.activeElement);
  decide(yes);
  panel?.remove();
  if (inside) document.getElementById("main")?.focus({ preventScroll: true });
  say(yes ? "Thank you. Our pages are measured." : "Nothing is measured.");
}
