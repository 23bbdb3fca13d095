// @ts-check
/** Why a payment did not go through, in words for the person who pays, and what to do next. */
import { t } from "./texts.js";

/**
 * By `decline_code`, else by `code`. A bank's suspicion (lost, stolen, fraudulent) is told as any refusal is.
 * Source: https://docs.stripe.com/declines/codes, https://docs.stripe.com/error-codes
 * @type {Record<string, string>}
 */
const SENTENCES = {
  insufficient_funds: t("There is not enough money on this card. Nothing was charged. Please try another card."),
  withdrawal_count_limit_exceeded: t(
    "This card’s limit is reached. Nothing was charged. Please try another card, or ask your bank.",
  ),
  card_velocity_exceeded: t(
    "This card’s limit is reached. Nothing was charged. Please try another card, or ask your bank.",
  ),
  expired_card: t("This card has expired. Nothing was charged. Check the date, or try another card."),
  incorrect_cvc: t("The security code is not right. Nothing was charged. Look at the card again, and try once more."),
  invalid_cvc: t("The security code is not right. Nothing was charged. Look at the card again, and try once more."),
  incorrect_number: t("The card number is not right. Nothing was charged. Please type it again."),
  invalid_number: t("The card number is not right. Nothing was charged. Please type it again."),
  invalid_expiry_month: t("The expiration date is not right. Nothing was charged. Please type it again."),
  invalid_expiry_year: t("The expiration date is not right. Nothing was charged. Please type it again."),
  incorrect_zip: t("The postcode does not go with this card. Nothing was charged. Please type it again."),
  processing_error: t("The bank could not deal with this right now. Nothing was charged. Try again in a minute."),
  issuer_not_available: t("Your bank does not answer right now. Nothing was charged. Try again in a minute."),
  try_again_later: t("The bank could not deal with this right now. Nothing was charged. Try again in a minute."),
  reenter_transaction: t("The bank could not deal with this right now. Nothing was charged. Try again in a minute."),
  card_not_supported: t(
    "This card cannot be used here. Nothing was charged. Please try another card, or ask your bank.",
  ),
  currency_not_supported: t(
    "This card cannot pay in this currency. Nothing was charged. Please try another card, or ask your bank.",
  ),
  test_mode_live_card: t("This shop is being tried out and takes test cards only. Your card was not charged."),
  live_mode_test_card: t("This is a test card, and this shop takes real ones. Please use another card."),
  authentication_required: t("Your bank wants to be sure that it is you. Nothing was charged. Please try once more."),
  payment_intent_authentication_failure: t(
    "Your bank could not confirm that it is you. Nothing was charged. Try again, or use another card.",
  ),
};
const REFUSED = t(
  "Your bank did not agree to this payment. Nothing was charged. Please try another card, or ask your bank.",
);
// What only the shop's people can mend: Stripe's words are for them.
const OURS = new Set(["invalid_request_error", "authentication_error", "idempotency_error"]);
const FAULT = t(
  "The payment could not be made, through no fault of yours. Nothing was charged. Please try again later.",
);

/**
 * @param {import("../../types/stripe.js").StripeError} error
 * @returns {string}
 */
export function explained({ type, code = "", decline_code: decline = "", message }) {
  const known = SENTENCES[decline] ?? SENTENCES[code];
  if (known) return known;
  if (type === "card_error") return REFUSED;
  if (type === "validation_error") return message ?? t("Please look at the card’s fields again.");
  return OURS.has(type) ? FAULT : (message ?? FAULT);
}
