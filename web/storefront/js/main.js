// @ts-check
/** Opens the shop. */
import { openCart } from "./cart.js";
import { footer } from "./parts/footer.js";
import { header } from "./parts/header.js";
import { bones, shelfBones, workBones } from "./parts/states.js";
import { start } from "./router.js";
import { cartView } from "./views/cart.js";
import { checkoutView } from "./views/checkout.js";
import { confirmView } from "./views/confirm.js";
import { findOrderView } from "./views/find_order.js";
import { missingView } from "./views/missing.js";
import { orderView } from "./views/order.js";
import { ordersView } from "./views/orders.js";
import { payView } from "./views/pay.js";
import { productView } from "./views/product.js";
import { shelfView } from "./views/shelf.js";
import { signInView } from "./views/sign_in.js";
import { signUpView } from "./views/sign_up.js";

header(document.getElementById("top"));
footer(document.getElementById("bottom"));
openCart();
start([
  { path: /^\/$/, view: shelfView, skeleton: shelfBones },
  { path: /^\/products\/(?<slug>[^/]+)\/?$/, view: productView, skeleton: workBones },
  { path: /^\/cart\/?$/, view: cartView, skeleton: bones },
  { path: /^\/checkout\/?$/, view: checkoutView, skeleton: bones },
  { path: /^\/orders\/?$/, view: ordersView, skeleton: bones },
  { path: /^\/orders\/find\/?$/, view: findOrderView, skeleton: bones },
  { path: /^\/orders\/(?<id>[^/]+)\/?$/, view: orderView, skeleton: bones },
  { path: /^\/orders\/(?<id>[^/]+)\/pay$/, view: payView, skeleton: bones, alone: true },
  { path: /^\/sign-in\/?$/, view: signInView, skeleton: bones },
  { path: /^\/sign-up\/?$/, view: signUpView, skeleton: bones },
  { path: /^\/account\/confirm\/?$/, view: confirmView, skeleton: bones },
  { path: /^/, view: missingView, skeleton: bones },
]);
