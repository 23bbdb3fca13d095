// Shows a few products when the catalog answers; the page is whole without them.
"use strict";

const shelf = document.getElementById("shelf");
const list = document.getElementById("products");

function price(money) {
  if (!money) return "";
  const format = new Intl.NumberFormat(document.documentElement.lang, { style: "currency", currency: money.currency });
  const digits = format.resolvedOptions().maximumFractionDigits;
  return format.format(money.amount / 10 ** digits);
}

function card(product) {
  const item = document.createElement("li");
  const picture = document.createElement("img");
  picture.src = product.image_url;
  picture.alt = "";
  picture.loading = "lazy";
  const title = document.createElement("b");
  title.textContent = product.title;
  const cost = document.createElement("span");
  cost.textContent = price(product.price ?? product.price_from ?? product.min_price);
  const link = document.createElement("a");
  link.href = `/api/v1/products/${encodeURIComponent(product.slug)}`;
  link.append(picture, title, cost);
  item.append(link);
  return item;
}

async function fill() {
  const answer = await fetch("/api/v1/products?limit=12", { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const { items } = await answer.json();
  const shown = items.filter((product) => product.image_url);
  if (shown.length === 0) return;
  list.replaceChildren(...shown.map(card));
  shelf.hidden = false;
}

fill().catch(() => {
  /* the catalog is not up: the page says so under "What runs" */
});
