// @ts-check
/** The head of every page, which the server has drawn: who is signed in, and how much is in the cart. */
import { changes as cartChanges, pieces } from "../cart.js";
import { unseen } from "../dom.js";
import { address } from "../page.js";
import { account, changes as sessions, maybeSignedIn } from "../session.js";
import { t } from "../texts.js";

export function header() {
  const own = /** @type {HTMLAnchorElement | null} */ (document.getElementById("account-link"));
  const cart = document.getElementById("cart-link");
  const drawAccount = own && accountLink(own);
  const draw = () => {
    drawAccount?.();
    if (cart) drawCart(cart);
  };
  for (const source of [cartChanges, sessions]) source.addEventListener("change", draw);
  draw();
}

/** As the server has drawn it for guests, who may be anybody. @param {HTMLAnchorElement} link */
function accountLink(link) {
  const words = link.querySelector(".words") ?? link;
  const before = { words: words.textContent, href: link.href };
  return () => {
    const known = maybeSignedIn();
    const who = account()?.name || account()?.email;
    words.textContent = known ? t("Account") : before.words;
    link.href = known ? address("/account") : before.href;
    if (who) link.setAttribute("aria-label", t("Account, {who}", { who }));
    else link.removeAttribute("aria-label");
  };
}

/** @param {HTMLElement} link */
function drawCart(link) {
  const count = pieces();
  const badge = /** @type {HTMLElement | null} */ (link.querySelector("[data-cart-count]"));
  if (!badge) return;
  badge.textContent = String(count);
  badge.hidden = !count;
  badge.setAttribute("aria-hidden", "true"); // the words after it say what the number is
  link.querySelector(".unseen")?.remove();
  if (count) badge.after(unseen(count === 1 ? t(", 1 piece") : t(", {count} pieces", { count })));
}
