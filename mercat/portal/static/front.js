// Shows a few products when the catalog answers; the page is whole without them.
"use strict";

const shelf = document.getElementById("shelf");
const list = document.getElementById("products");

// A currency's way to be written. Its decimals are the shop's: browsers often think otherwise.
const formats = new Map();

function price({ amount, currency }) {
  const known = formats.get(currency);
  return known ? known.format.format(amount / known.unit) : "";
}

function learn({ currency, exponent: places }) {
  const digits = { minimumFractionDigits: places, maximumFractionDigits: places };
  const format = new Intl.NumberFormat(undefined, { style: "currency", currency, ...digits });
  formats.set(currency, { format, unit: 10 ** places });
}

async function ask(path) {
  const answer = await fetch(path, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

function cost(product) {
  const { price_from: from, price_to: to } = product;
  if (!from) return "";
  const text = price(from);
  return text && to && to.amount > from.amount ? `from ${text}` : text;
}

function card(product) {
  const item = document.createElement("li");
  const picture = document.createElement("img");
  picture.alt = "";
  picture.addEventListener("load", () => {
    shelf.hidden = false;
  });
  picture.addEventListener("error", () => item.remove());
  picture.src = product.image.url;
  const title = document.createElement("b");
  title.textContent = product.title;
  const below = document.createElement("span");
  below.textContent = cost(product);
  const link = document.createElement("a");
  link.href = `/products/${encodeURIComponent(product.slug)}`;
  link.append(picture, title, below);
  item.append(link);
  return item;
}

async function fill() {
  const products = ask("/api/v1/products?limit=24");
  await ask("/api/v1/checkout/settings").then(
    ({ currencies }) => currencies.forEach(learn),
    () => {
      /* orders is not up: products without prices */
    },
  );
  const { items } = await products;
  list.replaceChildren(...items.filter((product) => product.image).map(card));
}

fill().catch(() => {
  /* the catalog is not up: the page says so under "What runs" */
});
