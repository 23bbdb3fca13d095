// @ts-check
/** Choose a variant, see what it costs and whether it is there, put it into the cart. */
import { addToCart } from "../cart.js";
import { h } from "../dom.js";
import { money } from "../money.js";
import { openDrawer } from "../parts/drawer.js";
import { quantity } from "../parts/quantity.js";
import { asProblem } from "../problem.js";
import { t } from "../texts.js";
import { buyable, first, gone, nearest, valuesOf } from "../variants.js";

/** @typedef {import("../catalog.js").Variant} Variant */

const SCARCE = 5;
const MOST_CHIPS = 12;

/**
 * @param {import("../catalog.js").Product} product
 * @param {string | null} sku the variant to begin with
 * @param {(imageUrl: string | null) => void} showPicture
 */
export function buying(product, sku, showPicture) {
  const { variants, options, title } = product;
  const begun = first(variants, sku);
  if (!begun) return { node: h("p", { class: "notice" }, t("This is not for sale right now.")), draw: () => {} };
  let now = begun;
  const price = h("p", { class: "price", role: "status" });
  const stock = h("p", {});
  const number = h("div", { class: "field" });
  const button = h("button", { class: "button primary" });
  const said = h("div", { role: "status" });
  const facts = h("dl", { class: "facts" });
  let count = quantity({ id: "quantity", of: title, value: 1, max: null });

  const choices = real(options, variants).map((name) => {
    const option = options.indexOf(name);
    return choice(name, option, variants, (value) => turn(nearest(variants, now, option, value)));
  });

  /** @param {Variant} variant */
  function turn(variant) {
    now = variant;
    const url = new URL(location.href);
    url.searchParams.set("variant", now.sku);
    history.replaceState(history.state, "", url);
    said.replaceChildren();
    draw();
    showPicture(now.image_url);
  }

  function draw() {
    const here = buyable(now);
    const kept = count.read();
    price.replaceChildren(...prices(now));
    Object.assign(stock, stockWords(now));
    count = quantity({ id: "quantity", of: title, value: Math.min(kept, now.available || kept), max: now.available });
    number.replaceChildren(h("label", { for: "quantity" }, t("Quantity")), count.node);
    number.hidden = !here;
    stock.hidden = !now.price;
    button.textContent = here ? t("Add to cart") : now.price ? t("Sold out") : t("Not for sale");
    if (here) button.removeAttribute("aria-disabled");
    else button.setAttribute("aria-disabled", "true");
    facts.replaceChildren(
      h("dt", {}, t("Article")),
      h("dd", {}, now.sku),
      ...(product.product_type ? [h("dt", {}, t("Kind")), h("dd", {}, product.product_type)] : []),
    );
    for (const each of choices) each.draw(now);
  }

  /** @param {Event} event */
  async function put(event) {
    event.preventDefault();
    if (!buyable(now) || button.hasAttribute("aria-disabled")) return;
    button.setAttribute("aria-disabled", "true");
    button.textContent = t("Adding…");
    const wanted = now;
    try {
      const cart = await addToCart(wanted.id, count.read());
      said.replaceChildren();
      openDrawer(cart, wanted.id);
    } catch (error) {
      said.replaceChildren(h("p", { class: "notice bad" }, asProblem(error).message));
    }
    draw();
  }

  draw();
  if (sku) showPicture(now.image_url);
  const node = h(
    "form",
    { class: "buy", onsubmit: put },
    price,
    choices.map((each) => each.node),
    stock,
    h("div", { class: "row" }, number, button),
    said,
    facts,
  );
  return { node, draw };
}

/** Options that leave a choice. @param {string[]} options @param {Variant[]} variants */
const real = (options, variants) =>
  options.filter((_name, option) => variants.length > 1 && valuesOf(variants, option).length > 0);

/** @param {Variant} variant */
function prices({ price, compare_at: before }) {
  if (!price) return [h("span", { class: "soft" }, t("Not sold in this currency"))];
  const was = before && h("s", { class: "was money" }, h("span", { class: "unseen" }, t("before: ")), money(before));
  return [h("span", { class: "money" }, money(price)), ...(was ? [was] : [])];
}

/** @param {Variant} variant */
function stockWords({ in_stock: inStock, available }) {
  if (!inStock) return { className: "stock", textContent: t("Sold out") };
  if (available !== null && available <= SCARCE)
    return { className: "stock scarce", textContent: t("Only {count} left", { count: available }) };
  return { className: "stock in", textContent: t("In stock") };
}

/**
 * @param {string} name
 * @param {number} option
 * @param {Variant[]} variants
 * @param {(value: string) => void} chosen
 */
function choice(name, option, variants, chosen) {
  const values = valuesOf(variants, option);
  return values.length > MOST_CHIPS
    ? longChoice(name, option, values, variants, chosen)
    : chips(name, option, values, variants, chosen);
}

/**
 * @param {string} name
 * @param {number} option
 * @param {string[]} values
 * @param {Variant[]} variants
 * @param {(value: string) => void} chosen
 */
function chips(name, option, values, variants, chosen) {
  const made = values.map((value) => {
    const input = h("input", { type: "radio", name: `option-${option}`, value, onchange: () => chosen(value) });
    const note = h("span", { class: "unseen" });
    return { value, input, note, label: h("label", { class: "chip" }, input, h("span", {}, value, note)) };
  });
  const draw = (/** @type {Variant} */ now) => {
    for (const { value, input, note, label } of made) {
      const out = gone(variants, now, option, value);
      input.checked = now.option_values[option] === value;
      label.classList.toggle("gone", out);
      note.textContent = out ? t(", sold out") : "";
    }
  };
  return {
    draw,
    node: h(
      "fieldset",
      {},
      h("legend", {}, name),
      h(
        "div",
        { class: "chips" },
        made.map(({ label }) => label),
      ),
    ),
  };
}

/**
 * @param {string} name
 * @param {number} option
 * @param {string[]} values
 * @param {Variant[]} variants
 * @param {(value: string) => void} chosen
 */
function longChoice(name, option, values, variants, chosen) {
  const made = values.map((value) => h("option", { value }, value));
  const select = h("select", { id: `option-${option}`, onchange: () => chosen(select.value) }, made);
  const draw = (/** @type {Variant} */ now) => {
    for (const each of made) {
      each.textContent = gone(variants, now, option, each.value)
        ? t("{value} (sold out)", { value: each.value })
        : each.value;
    }
    select.value = now.option_values[option] ?? "";
  };
  return { draw, node: h("div", { class: "field" }, h("label", { for: select.id }, name), select) };
}
