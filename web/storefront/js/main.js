// @ts-check
/** Opens the shop. */
import { openCart } from "./cart.js";
import { answer, answers } from "./consent.js";
import { askOnce } from "./parts/consent.js";
import { footer } from "./parts/footer.js";
import { header } from "./parts/header.js";
import { bones, shelfBones, workBones } from "./parts/states.js";
import { start } from "./router.js";
import { cartView } from "./views/cart.js";
import { checkoutView } from "./views/checkout.js";
import { confirmView } from "./views/confirm.js";
import { findOrderView } from "./views/find_order.js";
import { forgottenView } from "./views/forgotten.js";
import { invitationView, newAddressView, resetView, takeBackView } from "./views/mailed.js";
import { missingView } from "./views/missing.js";
import { orderView } from "./views/order.js";
import { ordersView } from "./views/orders.js";
import { payView } from "./views/pay.js";
import { policyView } from "./views/policy.js";
import { productView } from "./views/product.js";
import { shelfView } from "./views/shelf.js";
import { signInView } from "./views/sign_in.js";
import { signUpView } from "./views/sign_up.js";

header(document.getElementById("top"));
footer(document.getElementById("bottom"));
openCart();
start([
  { path: /^\/$/, page: "shelf", view: shelfView, skeleton: shelfBones },
  { path: /^\/products\/(?<slug>[^/]+)\/?$/, page: "product", view: productView, skeleton: workBones },
  { path: /^\/cart\/?$/, page: "cart", view: cartView, skeleton: bones },
  { path: /^\/checkout\/?$/, page: "checkout", view: checkoutView, skeleton: bones },
  { path: /^\/orders\/?$/, page: "orders", view: ordersView, skeleton: bones },
  { path: /^\/orders\/find\/?$/, page: "find_order", view: findOrderView, skeleton: bones },
  { path: /^\/orders\/(?<id>[^/]+)\/?$/, page: "order", view: orderView, skeleton: bones },
  { path: /^\/orders\/(?<id>[^/]+)\/pay$/, page: "pay", view: payView, skeleton: bones, alone: true },
  { path: /^\/sign-in\/?$/, page: "sign_in", view: signInView, skeleton: bones },
  { path: /^\/sign-up\/?$/, page: "sign_up", view: signUpView, skeleton: bones },
  { path: /^\/account\/confirm\/?$/, page: "confirm", view: confirmView, skeleton: bones },
  // Counted with the pages that are told already (catalog/domain/browsing.py).
  { path: /^\/account\/forgotten\/?$/, page: "sign_in", view: forgottenView, skeleton: bones },
  { path: /^\/account\/reset\/?$/, page: "confirm", view: resetView, skeleton: bones },
  { path: /^\/account\/email\/?$/, page: "confirm", view: newAddressView, skeleton: bones },
  { path: /^\/account\/take-back\/?$/, page: "confirm", view: takeBackView, skeleton: bones },
  { path: /^\/account\/invitation\/?$/, page: "confirm", view: invitationView, skeleton: bones },
  { path: /^\/policies\/(?<kind>[^/]+)\/?$/, page: "policy", view: policyView, skeleton: bones },
  { path: /^/, page: "missing", view: missingView, skeleton: bones },
]);

/** @type {typeof import("./measuring.js") | null} */
let measuring = null;

/** What measures is not even fetched before the person has agreed. @param {boolean} fromStart */
async function measure(fromStart) {
  if (answer()) measuring ??= await import("./measuring.js").catch(() => null); // whatever stops it, the shop goes on
  if (answer()) measuring?.begin(fromStart);
  else measuring?.end();
}
measure(true);
answers.addEventListener("change", () => measure(false));
askOnce();
