// @ts-check
/** Where a person pays, and how they come back from there. */
import { address } from "./page.js";

/**
 * The address of an order's pay page. It is a document of its own: its policy alone allows the card form's script.
 * @param {string} orderId
 */
export const payPath = (orderId) => address(`/orders/${encodeURIComponent(orderId)}/pay`);

/**
 * What was said on the way back: "succeeded", "failed" or null. It is a hint: the shop's word counts.
 * @param {URLSearchParams} query
 */
export const outcome = (query) => query.get("redirect_status");

/** Takes what was added on the way back out of the address bar: it holds a secret. */
export function tidyAddress() {
  const url = new URL(location.href);
  for (const name of ["payment_intent", "payment_intent_client_secret", "redirect_status"])
    url.searchParams.delete(name);
  history.replaceState(history.state, "", url);
}
