// @ts-check
/** Why a payment did not go through, in words for the person who pays, and what to do next. */

const OTHER_CARD = "Nothing was charged. Please try another card, or ask your bank.";

/**
 * By `decline_code`, else by `code`. A bank's suspicion (lost, stolen, fraudulent) is told as any refusal is.
 * Source: https://docs.stripe.com/declines/codes, https://docs.stripe.com/error-codes
 * @type {Record<string, string>}
 */
const SENTENCES = {
  insufficient_funds: "There is not enough money on this card. Nothing was charged. Please try another card.",
  withdrawal_count_limit_exceeded: `This card’s limit is reached. ${OTHER_CARD}`,
  card_velocity_exceeded: `This card’s limit is reached. ${OTHER_CARD}`,
  expired_card: "This card has expired. Nothing was charged. Check the date, or try another card.",
  incorrect_cvc: "The security code is not right. Nothing was charged. Look at the card again, and try once more.",
  invalid_cvc: "The security code is not right. Nothing was charged. Look at the card again, and try once more.",
  incorrect_number: "The card number is not right. Nothing was charged. Please type it again.",
  invalid_number: "The card number is not right. Nothing was charged. Please type it again.",
  invalid_expiry_month: "The expiration date is not right. Nothing was charged. Please type it again.",
  invalid_expiry_year: "The expiration date is not right. Nothing was charged. Please type it again.",
  incorrect_zip: "The postcode does not go with this card. Nothing was charged. Please type it again.",
  processing_error: "The bank could not deal with this right now. Nothing was charged. Try again in a minute.",
  issuer_not_available: "Your bank does not answer right now. Nothing was charged. Try again in a minute.",
  try_again_later: "The bank could not deal with this right now. Nothing was charged. Try again in a minute.",
  reenter_transaction: "The bank could not deal with this right now. Nothing was charged. Try again in a minute.",
  card_not_supported: `This card cannot be used here. ${OTHER_CARD}`,
  currency_not_supported: `This card cannot pay in this currency. ${OTHER_CARD}`,
  test_mode_live_card: "This shop is being tried out and takes test cards only. Your card was not charged.",
  live_mode_test_card: "This is a test card, and this shop takes real ones. Please use another card.",
  authentication_required: "Your bank wants to be sure that it is you. Nothing was charged. Please try once more.",
  payment_intent_authentication_failure:
    "Your bank could not confirm that it is you. Nothing was charged. Try again, or use another card.",
};
const REFUSED = `Your bank did not agree to this payment. ${OTHER_CARD}`;
// What only the shop's people can mend: Stripe's words are for them.
const OURS = new Set(["invalid_request_error", "authentication_error", "idempotency_error"]);
const FAULT = "The payment could not be made, through no fault of yours. Nothing was charged. Please try again later.";

/**
 * @param {import("../../types/stripe.js").StripeError} error
 * @returns {string}
 */
export function explained({ type, code = "", decline_code: decline = "", message }) {
  const known = SENTENCES[decline] ?? SENTENCES[code];
  if (known) return known;
  if (type === "card_error") return REFUSED;
  if (type === "validation_error") return message ?? "Please look at the card’s fields again.";
  return OURS.has(type) ? FAULT : (message ?? FAULT);
}
