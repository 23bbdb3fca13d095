// @ts-check
/** Sends the person to the page where they pay, and understands how they come back. */

/**
 * The address of the pay page, with the way back to the order.
 * @param {import("./orders.js").Payment} payment
 * @param {string} orderId
 * @returns {string | null} null where there is no such page
 */
export function payAddress(payment, orderId) {
  if (!payment.pay_url) return null;
  const address = new URL(payment.pay_url, location.origin);
  if (address.protocol !== "https:" && address.protocol !== "http:") return null;
  const intent = payment.client_secret.split("_secret_")[0];
  if (!address.pathname.endsWith(`/${intent}`)) address.pathname = `${address.pathname.replace(/\/$/, "")}/${intent}`;
  address.searchParams.set("client_secret", payment.client_secret);
  address.searchParams.set("return_url", `${location.origin}/orders/${orderId}`);
  return address.href;
}

/**
 * What the pay page said on the way back: "succeeded", "failed" or null. It is a hint: the shop's word counts.
 * @param {URLSearchParams} query
 */
export const outcome = (query) => query.get("redirect_status");

/** Takes what the pay page added out of the address bar: it holds a secret. */
export function tidyAddress() {
  const url = new URL(location.href);
  for (const name of ["payment_intent", "payment_intent_client_secret", "redirect_status"])
    url.searchParams.delete(name);
  history.replaceState(history.state, "", url);
}
