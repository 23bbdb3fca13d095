// @ts-check
/** Suggests under the search field while somebody types; what is chosen is a page to go to. Without an answer the field is a field. */
import { suggest } from "../catalog.js";
import { h } from "../dom.js";
import { priceFrom } from "../money.js";
import { address, go, say } from "../page.js";
import { t } from "../texts.js";
import { picture } from "./picture.js";

const LEAST = 2;
const MOST = 100;
const PAUSE_MS = 200;
const LIST = "suggestions";

/** @param {HTMLElement | null} form the search form */
export function suggestions(form) {
  const box = /** @type {HTMLInputElement | null} */ (form?.querySelector("input[name=search]") ?? null);
  if (!form || !box) return;
  const list = h("div", {
    class: "suggestions",
    id: LIST,
    role: "listbox",
    "aria-label": t("Suggestions"),
    hidden: true,
  });
  for (const [name, value] of Object.entries({
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-controls": LIST,
    "aria-expanded": "false",
    autocomplete: "off",
  }))
    box.setAttribute(name, value);
  form.append(list);
  const shown = listOf(box, list);
  let asking = new AbortController();

  async function ask() {
    asking.abort();
    asking = new AbortController();
    const { signal } = asking;
    const words = box?.value.trim() ?? "";
    if (words.length < LEAST || words.length > MOST) return shown.close();
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS)); // somebody types on
    if (signal.aborted) return;
    const found = await suggest(words, signal).catch(() => null);
    if (!signal.aborted) shown.open(found ? options(found) : []);
  }
  box.addEventListener("input", ask);
  box.addEventListener("keydown", shown.key);
  form.addEventListener("submit", () => asking.abort());
  form.addEventListener("focusout", (event) => {
    if (form.contains(/** @type {Node | null} */ (event.relatedTarget))) return;
    asking.abort();
    shown.close();
  });
}

/** The list below the field: opened, walked through by keys, closed. @param {HTMLInputElement} box @param {HTMLElement} list */
function listOf(box, list) {
  let chosen = -1;
  const all = () => /** @type {HTMLElement[]} */ (Array.from(list.children));
  const close = () => {
    list.hidden = true;
    chosen = -1;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  };
  const open = (/** @type {HTMLElement[]} */ options) => {
    close();
    list.replaceChildren(...options);
    options.forEach((option, place) => (option.id = `${LIST}-${place}`));
    if (!options.length) return;
    list.hidden = false;
    box.setAttribute("aria-expanded", "true");
    say(options.length === 1 ? t("1 suggestion") : t("{count} suggestions", { count: options.length }));
  };
  const choose = (/** @type {number} */ place) => {
    const options = all();
    chosen = (place + options.length + 1) % (options.length + 1); // the last place is the field itself
    options.forEach((option, number) => option.setAttribute("aria-selected", String(number === chosen)));
    const option = options[chosen];
    if (option) box.setAttribute("aria-activedescendant", option.id);
    else box.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  };
  const key = (/** @type {KeyboardEvent} */ event) => {
    if (list.hidden || event.isComposing) return;
    const option = all()[chosen];
    if (event.key === "ArrowDown") choose(chosen + 1);
    else if (event.key === "ArrowUp") choose(chosen < 0 ? all().length - 1 : chosen - 1);
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && option) option.click();
    else return;
    event.preventDefault();
  };
  return { open, close, key };
}

/** @param {import("../catalog.js").Suggestions} found */
const options = ({ products, collections, categories }) => [
  ...products.map((product) =>
    option(
      `/products/${encodeURIComponent(product.slug)}`,
      picture(product.image, "", { small: true }),
      h("span", { class: "words" }, product.title),
      h("span", { class: "money soft" }, priceFrom(product.price_from, product.price_to)),
    ),
  ),
  ...[...collections.map(named("/collections")), ...categories.map(named("/categories"))],
];

/** @param {string} above */
const named =
  (above) =>
  (/** @type {import("../catalog.js").Named} */ { slug, title }) =>
    option(`${above}/${encodeURIComponent(slug)}`, h("span", { class: "words" }, title));

/** One to choose by mouse or keys; the field keeps the focus. @param {string} path @param {...Node} children */
const option = (path, ...children) =>
  h(
    "div",
    {
      role: "option",
      "aria-selected": "false",
      onmousedown: (/** @type {Event} */ event) => event.preventDefault(),
      onclick: () => go(address(path)),
    },
    children,
  );
