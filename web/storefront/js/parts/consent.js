// @ts-check
/** Asks once whether pages may be measured, beside the page and not in its way; the footer asks again on demand. */
import { answer, browserRefuses, decide } from "../consent.js";
import { h } from "../dom.js";
import { say } from "../page.js";
import { t } from "../texts.js";

/** Asks who has not been asked. */
export function askOnce() {
  if (answer() === null) open();
}

/** The way back to the question; it stays hidden where the browser has answered it. @param {HTMLElement | null} button */
export function consentButton(button) {
  if (!button || browserRefuses()) return;
  button.addEventListener("click", ask);
  button.hidden = false;
}

function ask() {
  if (!document.getElementById("consent")) open();
  /** @type {HTMLElement | null} */ (document.querySelector("#consent button"))?.focus();
}

function open() {
  const choose = (/** @type {boolean} */ yes) => () => close(yes);
  const panel = h(
    "section",
    { class: "consent", id: "consent", "aria-label": t("Measuring") },
    h("p", {}, t("May we measure how fast our pages are, where they fail, and how far a checkout gets?")),
    h("p", { class: "soft small" }, standing(), t("No cookies, nothing about you. Change it at the foot of any page.")),
    h(
      "div",
      { class: "pair" },
      h("button", { class: "button", type: "button", onclick: choose(false) }, t("No")),
      h("button", { class: "button", type: "button", onclick: choose(true) }, t("Yes")),
    ),
  );
  document.querySelector(".skip")?.after(panel);
}

function standing() {
  const said = answer();
  return said === null ? "" : `${said ? t("You said yes.") : t("You said no.")} `;
}

/** @param {boolean} yes */
function close(yes) {
  const panel = document.getElementById("consent");
  const inside = panel?.contains(document.activeElement);
  decide(yes);
  panel?.remove();
  if (inside) document.getElementById("main")?.focus({ preventScroll: true });
  say(yes ? t("Thank you. Our pages are measured.") : t("Nothing is measured."));
}
