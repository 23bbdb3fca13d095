// Shows a few products when the catalog answers; the page is whole without them.
"use strict";

const shelf = document.getElementById("shelf");
const list = document.getElementById("products");

function price(money) {
  const format = new Intl.NumberFormat(undefined, { style: "currency", currency: money.currency });
  const digits = format.resolvedOptions().maximumFractionDigits;
  return format.format(money.amount / 10 ** digits);
}

function cost(product) {
  const { price_from: from, price_to: to } = product;
  if (!from) return "";
  return to && to.amount > from.amount ? `from ${price(from)}` : price(from);
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
  link.href = shelf.dataset.productPage + encodeURIComponent(product.slug);
  link.append(picture, title, below);
  item.append(link);
  return item;
}

async function fill() {
  const answer = await fetch("/api/v1/products?limit=24", { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const { items } = await answer.json();
  list.replaceChildren(...items.filter((product) => product.image).map(card));
}

fill().catch(() => {
  /* the catalog is not up: the page says so under "What runs" */
});
