// @ts-check
/** What is in the cart, at today's prices. */
import { readCart, removeFromCart, setQuantity } from "../cart.js";
import { h } from "../dom.js";
import { money } from "../money.js";
import { say } from "../page.js";
import { picture } from "../parts/picture.js";
import { quantity } from "../parts/quantity.js";
import { clock } from "../parts/standing.js";
import { nothing } from "../parts/states.js";
import { sums } from "../parts/sums.js";
import { asProblem } from "../problem.js";
import { reach } from "../router.js";

/** @typedef {import("../cart.js").Cart} Cart */
/** @typedef {import("../cart.js").CartLine} CartLine */

/** @param {import("../router.js").Visit} visit */
export async function cartView({ signal }) {
  const place = h("div", {});
  const cart = await readCart(signal);
  if (cart?.lines.length) reach("cart");
  draw(place, cart);
  return { title: "Your cart", node: place };
}

/** @param {HTMLElement} place @param {Cart | null} cart @param {string} [trouble] */
function draw(place, cart, trouble) {
  const focused = document.activeElement?.id;
  const inside = place.contains(document.activeElement);
  if (!cart || (!cart.lines.length && !cart.unavailable.length)) {
    place.replaceChildren(empty(cart), cart ? behind(cart) : "");
  } else {
    place.replaceChildren(
      h("h1", {}, "Your cart"),
      waiting(cart),
      h("div", { role: "alert" }, trouble && h("p", { class: "notice bad" }, trouble)),
      h(
        "div",
        { class: "two" },
        h(
          "ul",
          { class: "lines" },
          lost(place, cart),
          cart.lines.map((line) => row(place, line)),
        ),
        side(cart),
      ),
      behind(cart),
    );
  }
  if (!inside) return;
  const target = (focused && document.getElementById(focused)) || place.querySelector("h1");
  if (target instanceof HTMLElement) {
    if (target.localName === "h1") target.tabIndex = -1;
    target.focus();
  }
}

/** @param {HTMLElement} place @param {CartLine} line */
function row(place, line) {
  const of = [line.title, line.variant_title].filter(Boolean).join(", ");
  const href = `/products/${encodeURIComponent(line.slug)}?variant=${encodeURIComponent(line.sku)}`;
  const count = quantity({
    id: `quantity-${line.variant_id}`,
    of,
    value: line.quantity,
    max: line.available,
    change: (wanted) => change(place, () => setQuantity(line.variant_id, wanted), `${wanted} of ${of}`),
  });
  count.node.querySelector("input")?.setAttribute("aria-label", `Quantity of ${of}`);
  return h(
    "li",
    {},
    picture(line.image_url, "", { small: true }),
    h(
      "div",
      { class: "what" },
      h("a", { href }, line.title),
      line.variant_title && h("p", { class: "soft" }, line.variant_title),
      h("p", { class: "soft small" }, money(line.unit_price), " each"),
      remarks(line).map((text) => h("p", { class: "short" }, text)),
      h("div", { class: "how" }, count.node, remove(place, line.variant_id, of)),
    ),
    h("p", { class: "sum money" }, money(line.total)),
  );
}

/** @param {CartLine} line */
function remarks(line) {
  const said = [];
  if (line.available === 0) said.push("Sold out since you put it in. Please take it out.");
  else if (line.available !== null && line.quantity > line.available)
    said.push(`Only ${line.available} left. Please lower the number.`);
  if (line.previous_unit_price !== null)
    said.push(`The price has changed from ${money(line.previous_unit_price)}.`);
  return said;
}

/** @param {Cart | null} cart */
function empty(cart) {
  if (!cart?.order_id)
    return nothing("Your cart is empty", "Whatever you put in stays here for you.", ["Look around", "/"]);
  return nothing("Your cart is ordered", unpaid(cart), toOrder(cart), ["Look around further", "/"]);
}

/** The order that waits for payment. @param {Cart} cart */
const waiting = (cart) =>
  cart.order_id
    ? h("p", { class: "notice warn" }, unpaid(cart), " ", h("a", { href: toOrder(cart)[1] }, toOrder(cart)[0]))
    : "";

/** @param {Cart} cart */
const unpaid = ({ order_number: number, payable_until: until }) =>
  `Order ${number} waits for your payment until ${clock(until ?? "")}.`;

/** @param {Cart} cart @returns {[string, string]} */
const toOrder = ({ order_id: id }) => ["Go to the order", `/orders/${encodeURIComponent(id ?? "")}`];

/** @type {Record<string, string>} */
const LOST = {
  retired: "This variant is not sold any more.",
  unpublished: "This is not sold any more.",
  "not-in-currency": "This is not sold in the currency of your cart.",
};

/** @param {HTMLElement} place @param {Cart} cart */
function lost(place, cart) {
  return cart.unavailable.map((line) => {
    const of = [line.title, line.variant_title].filter(Boolean).join(", ") || "something";
    return h(
      "li",
      {},
      picture(line.image_url, "", { small: true }),
      h(
        "div",
        { class: "what" },
        h("p", {}, line.title ?? "Something that is not sold any more"),
        line.variant_title && h("p", { class: "soft" }, line.variant_title),
        h("p", { class: "soft small" }, `${line.quantity} in your cart`),
        h("p", { class: "short" }, `${LOST[line.reason] ?? LOST.unpublished} Please take it out.`),
        h("div", { class: "how" }, remove(place, line.variant_id, of)),
      ),
    );
  });
}

/** What stayed in the cart that the person had before they signed in. @param {Cart} cart */
function behind({ not_merged: left = [] }) {
  if (!left.length) return "";
  const why = (/** @type {import("../cart.js").LostLine} */ { reason }) =>
    reason === "cart-full" ? "your cart is full" : "it cannot be bought here now";
  const named = (/** @type {import("../cart.js").LostLine} */ line) =>
    [line.title ?? "Something that is not sold any more", line.variant_title].filter(Boolean).join(", ");
  return h(
    "section",
    { class: "panel", "aria-labelledby": "left" },
    h("h2", { id: "left" }, "Not taken over"),
    h(
      "p",
      { class: "soft" },
      "This is still in the cart that you had before you signed in. What fits comes over once there is room.",
    ),
    h(
      "ul",
      {},
      left.map((line) => h("li", {}, `${line.quantity} × ${named(line)}: ${why(line)}`)),
    ),
  );
}

/** @param {HTMLElement} place @param {string} id @param {string} of */
const remove = (place, id, of) =>
  h(
    "button",
    {
      class: "link",
      type: "button",
      "aria-label": `Take out ${of}`,
      onclick: () => change(place, () => removeFromCart(id), `${of} is taken out`),
    },
    "Take out",
  );

/** @param {HTMLElement} place @param {() => Promise<Cart | null>} act @param {string} done */
async function change(place, act, done) {
  place.setAttribute("aria-busy", "true");
  try {
    draw(place, await act());
    say(done);
  } catch (error) {
    const trouble = asProblem(error).message;
    const cart = await readCart().catch(() => undefined);
    if (cart === undefined) say(trouble);
    else draw(place, cart, trouble);
  } finally {
    place.removeAttribute("aria-busy");
  }
}

/** Whether all of it can be ordered as it stands. @param {Cart} cart */
export const orderable = (cart) =>
  !cart.unavailable.length &&
  cart.lines.every(({ available, quantity: wanted }) => available === null || wanted <= available);

/** @param {Cart} cart */
function side(cart) {
  const ready = orderable(cart);
  return h(
    "aside",
    { class: "sums", "aria-label": "What it comes to" },
    sums(cart),
    ready
      ? h("a", { class: "button primary wide", href: "/checkout" }, "Check out")
      : h("p", { class: "notice warn" }, "Some of it cannot be ordered as it is. The lines say what to change."),
    h("a", { class: "button wide", href: "/" }, "Look around further"),
  );
}
