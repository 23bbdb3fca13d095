// @ts-check
/** What is in the cart, at today's prices. */
import { readCart, removeFromCart, setQuantity } from "../cart.js";
import { h } from "../dom.js";
import { money } from "../money.js";
import { address, say } from "../page.js";
import { picture } from "../parts/picture.js";
import { quantity } from "../parts/quantity.js";
import { waits } from "../parts/standing.js";
import { nothing } from "../parts/states.js";
import { sums } from "../parts/sums.js";
import { asProblem } from "../problem.js";
import { t } from "../texts.js";
import { reach } from "../view.js";

/** @typedef {import("../cart.js").Cart} Cart */
/** @typedef {import("../cart.js").CartLine} CartLine */

/** @param {import("../view.js").Visit} visit */
export async function view({ signal }) {
  const place = h("div", {});
  const cart = await readCart(signal);
  if (cart?.lines.length) reach("cart");
  draw(place, cart);
  return { title: t("Your cart"), node: place };
}

/** @param {HTMLElement} place @param {Cart | null} cart @param {string} [trouble] */
function draw(place, cart, trouble) {
  const focused = document.activeElement?.id;
  const inside = place.contains(document.activeElement);
  if (!cart || (!cart.lines.length && !cart.unavailable.length)) {
    place.replaceChildren(empty(cart), cart ? behind(cart) : "");
  } else {
    place.replaceChildren(
      h("h1", {}, t("Your cart")),
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
  const href = address(`/products/${encodeURIComponent(line.slug)}?variant=${encodeURIComponent(line.sku)}`);
  const count = quantity({
    id: `quantity-${line.variant_id}`,
    of,
    value: line.quantity,
    max: line.available,
    change: (wanted) =>
      change(place, () => setQuantity(line.variant_id, wanted), t("{count} of {what}", { count: wanted, what: of })),
  });
  count.node.querySelector("input")?.setAttribute("aria-label", t("Quantity of {what}", { what: of }));
  return h(
    "li",
    {},
    picture(line.image_url, "", { small: true }),
    h(
      "div",
      { class: "what" },
      h("a", { href }, line.title),
      line.variant_title && h("p", { class: "soft" }, line.variant_title),
      h("p", { class: "soft small" }, t("{price} each", { price: money(line.unit_price) })),
      remarks(line).map((text) => h("p", { class: "short" }, text)),
      h("div", { class: "how" }, count.node, remove(place, line.variant_id, of)),
    ),
    h("p", { class: "sum money" }, money(line.total)),
  );
}

/** @param {CartLine} line */
function remarks(line) {
  const said = [];
  if (line.available === 0) said.push(t("Sold out since you put it in. Please take it out."));
  else if (line.available !== null && line.quantity > line.available)
    said.push(t("Only {count} left. Please lower the number.", { count: line.available }));
  if (line.previous_unit_price !== null)
    said.push(t("The price has changed from {price}.", { price: money(line.previous_unit_price) }));
  return said;
}

/** @param {Cart | null} cart */
function empty(cart) {
  if (!cart?.order_id)
    return nothing(t("Your cart is empty"), t("Whatever you put in stays here for you."), [
      t("Look around"),
      address("/"),
    ]);
  return nothing(t("Your cart is ordered"), unpaid(cart), toOrder(cart), [t("Look around further"), address("/")]);
}

/** The order that waits for payment. @param {Cart} cart */
const waiting = (cart) =>
  cart.order_id
    ? h("p", { class: "notice warn" }, unpaid(cart), " ", h("a", { href: toOrder(cart)[1] }, toOrder(cart)[0]))
    : "";

/** @param {Cart} cart */
const unpaid = ({ order_number: number, payable_until: until }) => waits(number, until);

/** @param {Cart} cart @returns {[string, string]} */
const toOrder = ({ order_id: id }) => [t("Go to the order"), address(`/orders/${encodeURIComponent(id ?? "")}`)];

/** @type {Record<string, string>} */
const LOST = {
  retired: t("This variant is not sold any more. Please take it out."),
  unpublished: t("This is not sold any more. Please take it out."),
  "not-in-currency": t("This is not sold in the currency of your cart. Please take it out."),
};

/** @param {HTMLElement} place @param {Cart} cart */
function lost(place, cart) {
  return cart.unavailable.map((line) => {
    const of = [line.title, line.variant_title].filter(Boolean).join(", ") || t("something");
    return h(
      "li",
      {},
      picture(line.image_url, "", { small: true }),
      h(
        "div",
        { class: "what" },
        h("p", {}, line.title ?? t("Something that is not sold any more")),
        line.variant_title && h("p", { class: "soft" }, line.variant_title),
        h("p", { class: "soft small" }, t("{count} in your cart", { count: line.quantity })),
        h("p", { class: "short" }, LOST[line.reason] ?? LOST.unpublished),
        h("div", { class: "how" }, remove(place, line.variant_id, of)),
      ),
    );
  });
}

/** What stayed in the cart that the person had before they signed in. @param {Cart} cart */
function behind({ not_merged: left = [] }) {
  if (!left.length) return "";
  const why = (/** @type {import("../cart.js").LostLine} */ { reason }) =>
    reason === "cart-full" ? t("your cart is full") : t("it cannot be bought here now");
  const named = (/** @type {import("../cart.js").LostLine} */ line) =>
    [line.title ?? t("Something that is not sold any more"), line.variant_title].filter(Boolean).join(", ");
  return h(
    "section",
    { class: "panel", "aria-labelledby": "left" },
    h("h2", { id: "left" }, t("Not taken over")),
    h(
      "p",
      { class: "soft" },
      t("This is still in the cart that you had before you signed in. What fits comes over once there is room."),
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
      "aria-label": t("Take out {what}", { what: of }),
      onclick: () => change(place, () => removeFromCart(id), t("{what} is taken out", { what: of })),
    },
    t("Take out"),
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
    { class: "sums", "aria-label": t("What it comes to") },
    sums(cart),
    ready
      ? h("a", { class: "button primary wide", href: address("/checkout") }, t("Check out"))
      : h("p", { class: "notice warn" }, t("Some of it cannot be ordered as it is. The lines say what to change.")),
    h("a", { class: "button wide", href: address("/") }, t("Look around further")),
  );
}
