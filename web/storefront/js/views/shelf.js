// @ts-check
/** What is for sale, which the server has drawn: filters that count at once, and more of the same below. */
import { h } from "../dom.js";
import { keepFocus, say } from "../page.js";
import { asProblem, Problem } from "../problem.js";
import { t } from "../texts.js";

const PATIENCE_MS = 20_000;

export function view() {
  const filters = document.querySelector("form#filters");
  if (filters instanceof HTMLFormElement) atOnce(filters);
  nearTheChosen();
  const link = document.querySelector('.more a[rel="next"]');
  const wall = document.querySelector(".wall");
  if (link instanceof HTMLAnchorElement && wall) moreAtOnce(link, wall);
}

/** Each choice is an address; the focus stays on what was chosen. @param {HTMLFormElement} form */
function atOnce(form) {
  for (const button of form.querySelectorAll("[data-apply]")) button.setAttribute("hidden", "");
  form.addEventListener("change", (event) => {
    if (!(event.target instanceof HTMLElement) || !form.checkValidity()) return;
    if (event.target.id) keepFocus(event.target.id);
    form.requestSubmit();
  });
  // What is not chosen is not in the address.
  form.addEventListener("formdata", ({ formData }) => {
    for (const [name, value] of Array.from(formData)) if (value === "") formData.delete(name);
  });
}

/** On a small screen the row of kinds scrolls sideways: it begins near what is chosen. */
function nearTheChosen() {
  const row = document.querySelector(".kinds");
  const chosen = row?.querySelector("[aria-current]");
  if (!(row instanceof HTMLElement) || !(chosen instanceof HTMLElement)) return;
  row.scrollLeft = chosen.offsetLeft - row.offsetLeft - row.clientWidth / 3;
}

/**
 * The next page's cards come below these.
 * @param {HTMLAnchorElement} link
 * @param {Element} wall
 */
function moreAtOnce(link, wall) {
  const trouble = h("div", { role: "alert" });
  const button = h("button", { class: "button", type: "button", onclick: more }, t("Show more"));
  let next = link.href;
  let asking = false;
  link.replaceWith(trouble, button);

  async function more() {
    if (asking) return;
    asking = true;
    button.setAttribute("aria-disabled", "true");
    try {
      show(await read(next));
    } catch (error) {
      trouble.replaceChildren(h("p", { class: "notice bad" }, asProblem(error).message));
    }
    asking = false;
    button.removeAttribute("aria-disabled");
  }

  /** @param {Document} page */
  function show(page) {
    const cards = Array.from(page.querySelectorAll(".wall > li"), (card) => document.adoptNode(card));
    const on = page.querySelector('.more a[rel="next"]')?.getAttribute("href");
    trouble.replaceChildren();
    wall.append(...cards);
    cards[0]?.querySelector("a")?.focus();
    say(t("{count} more shown", { count: cards.length }));
    if (on) next = new URL(on, next).href;
    else button.remove();
  }
}

/**
 * Another page of this shop; nothing in it runs.
 * @param {string} address
 * @throws {Problem}
 */
async function read(address) {
  let text;
  try {
    const answer = await fetch(address, { signal: AbortSignal.timeout(PATIENCE_MS), headers: { Accept: "text/html" } });
    if (!answer.ok) throw new Problem(answer.status, {});
    text = await answer.text();
  } catch (error) {
    throw error instanceof Problem ? error : new Problem(0, { type: "unreachable" });
  }
  return new DOMParser().parseFromString(text, "text/html");
}
