// @ts-check
/** The head of every page: name, search, account, cart. */
import { query } from "../api.js";
import { changes as cartChanges, pieces } from "../cart.js";
import { h, unseen } from "../dom.js";
import { say, shop } from "../page.js";
import { asProblem } from "../problem.js";
import { go, travels } from "../router.js";
import { account, changes as sessions, maybeSignedIn, signOut } from "../session.js";

/** @param {HTMLElement | null} place */
export function header(place) {
  const box = h("input", {
    id: "search",
    type: "search",
    name: "search",
    maxlength: 200,
    placeholder: "Search the shop",
    enterkeyhint: "search",
  });
  const search = h(
    "form",
    { class: "search", role: "search", action: "/", onsubmit: (/** @type {Event} */ event) => find(event, box) },
    h("label", { class: "unseen", for: "search" }, "Search the shop"),
    box,
    h("button", { class: "button" }, "Search"),
  );
  const links = h("ul", {});
  place?.append(
    h("a", { class: "brand", href: "/" }, shop),
    h("nav", { "aria-label": "Your account and cart" }, links),
    search,
  );
  const draw = () => links.replaceChildren(...items());
  for (const source of [cartChanges, sessions, travels]) {
    source.addEventListener(source === travels ? "arrived" : "change", draw);
  }
  travels.addEventListener("arrived", () => {
    box.value = location.pathname === "/" ? (new URLSearchParams(location.search).get("search") ?? "") : "";
  });
  draw();
}

/** @param {Event} event @param {HTMLInputElement} box */
function find(event, box) {
  event.preventDefault();
  go(`/${query({ search: box.value.trim() })}`);
}

function items() {
  const count = pieces();
  const cart = link("/cart", "Cart", count > 0 && h("span", { class: "count", "aria-hidden": "true" }, count));
  cart.querySelector("a")?.append(unseen(count ? `, ${count} ${count === 1 ? "piece" : "pieces"}` : ", empty"));
  if (!maybeSignedIn()) return [link("/orders", "Orders"), link("/sign-in", "Sign in"), cart];
  const leave = h(
    "button",
    { type: "button", id: "sign-out", onclick: end },
    h("span", { class: "words" }, "Sign out"),
  );
  const who = account()?.name || account()?.email;
  if (who) leave.append(unseen(`, ${who}`));
  return [link("/orders", "Orders"), h("li", {}, leave), cart];
}

/** @param {string} href @param {string} words @param {...(Node | false)} more */
const link = (href, words, ...more) =>
  h(
    "li",
    {},
    h(
      "a",
      { href, "aria-current": location.pathname === href && "page" },
      h("span", { class: "words" }, words),
      ...more,
    ),
  );

async function end() {
  try {
    await signOut();
    await go("/");
    say("You are signed out.");
  } catch (error) {
    say(`You are still signed in. ${asProblem(error).message}`);
  }
}
