// @ts-check
/**
 * The kinds of pages: how each is measured (catalog/domain/browsing.py), and the module that draws it or makes it work.
 * The service `pages` reads the lines, too: it names these modules in the document, so that they are fetched at once.
 */

/** @type {Record<string, { kind: string, view?: () => Promise<import("./view.js").Module> }>} */
export const PAGES = {
  home: { kind: "shelf", view: () => import("./views/shelf.js") },
  shelf: { kind: "shelf", view: () => import("./views/shelf.js") },
  search: { kind: "shelf", view: () => import("./views/shelf.js") },
  collections: { kind: "shelf" },
  collection: { kind: "shelf", view: () => import("./views/shelf.js") },
  category: { kind: "shelf", view: () => import("./views/shelf.js") },
  product: { kind: "product", view: () => import("./views/product.js") },
  cart: { kind: "cart", view: () => import("./views/cart.js") },
  checkout: { kind: "checkout", view: () => import("./views/checkout.js") },
  orders: { kind: "orders", view: () => import("./views/orders.js") },
  account: { kind: "orders", view: () => import("./views/account.js") },
  find_order: { kind: "find_order", view: () => import("./views/find_order.js") },
  order: { kind: "order", view: () => import("./views/order.js") },
  return: { kind: "order", view: () => import("./views/return.js") },
  pay: { kind: "pay", view: () => import("./views/pay.js") },
  sign_in: { kind: "sign_in", view: () => import("./views/sign_in.js") },
  forgotten: { kind: "sign_in", view: () => import("./views/forgotten.js") },
  sign_up: { kind: "sign_up", view: () => import("./views/sign_up.js") },
  confirm: { kind: "confirm", view: () => import("./views/confirm.js") },
  reset: { kind: "confirm", view: () => import("./views/mailed.js") },
  email: { kind: "confirm", view: () => import("./views/mailed.js") },
  take_back: { kind: "confirm", view: () => import("./views/mailed.js") },
  invitation: { kind: "confirm", view: () => import("./views/mailed.js") },
  policy: { kind: "policy" },
  missing: { kind: "missing" },
  gone: { kind: "missing" },
  trouble: { kind: "missing" },
};
