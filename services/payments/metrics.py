"""The metrics of payments."""

from __future__ import annotations

from typing import get_args

from chassis import telemetry
from payments.domain.attention import Attention
from payments.domain.case import Kind
from payments.domain.intent import Fact, Mismatch
from payments.domain.payment import METHODS, SETTLED, STATUSES
from payments.provider.port import Lane

CURRENCY = "a currency of payments"
OPERATIONS = (
    *("create", "retrieve", "capture", "cancel", "list"),
    *("refund", "case_refund", "case_dispute", "case_fraud_warning", "case_refunds"),
    *("case_dispute_evidence", "case_dispute_accept"),
    *("customer_create", "customer_session", "customer_delete"),
)
# Stripe's codes of declines that a shop meets; all others are `other`.
DECLINES = (
    *("approve_with_id", "authentication_required", "call_issuer", "card_declined", "card_not_supported"),
    *("card_velocity_exceeded", "currency_not_supported", "do_not_honor", "do_not_try_again", "duplicate_transaction"),
    *("expired_card", "fraudulent", "generic_decline", "incorrect_address", "incorrect_cvc", "incorrect_number"),
    *(
        "incorrect_zip",
        "insufficient_funds",
        "invalid_account",
        "invalid_amount",
        "invalid_cvc",
        "invalid_expiry_month",
    ),
    *("invalid_expiry_year", "invalid_number", "issuer_not_available", "lost_card", "merchant_blacklist"),
    *("new_account_information_available", "no_action_taken", "not_permitted", "payment_intent_authentication_failure"),
    *("pickup_card", "processing_error", "reenter_transaction", "restricted_card", "revocation_of_all_authorizations"),
    *("revocation_of_authorization", "security_violation", "service_not_allowed", "stolen_card", "stop_payment_order"),
    *("testmode_decline", "transaction_not_allowed", "try_again_later", "withdrawal_count_limit_exceeded"),
)

OPEN_REFUNDS = ("requested", "pending", "requires_action")
REFUND_OUTCOMES = ("requested", "accepted", "pending", "requires_action", "succeeded", "failed", "canceled")

provider_calls = telemetry.counter(
    "payments_provider_calls",
    "Calls to the payment provider by how they ended: answered, refused, unknown, busy (its limits, in time), "
    "misconfigured (our key, account or parameters), not_sent (breaker open)",
    {"operation": OPERATIONS, "outcome": ("answered", "refused", "unknown", "busy", "misconfigured", "not_sent")},
)
provider_waits = telemetry.counter(
    "payments_provider_waits",
    "Tries that the provider was too busy for, by its reason",
    {"operation": OPERATIONS, "reason": ("429", "rate_limit", "lock_timeout", "409")},
)
provider_seconds = telemetry.histogram(
    "payments_provider_request_duration_seconds",
    "How long the payment provider took, with the tries it was too busy for",
    {
        "operation": OPERATIONS,
        "outcome": ("answered", "refused", "unknown", "busy", "misconfigured", "cancelled"),
    },
)
breaker = telemetry.gauge(
    "payments_provider_breaker_open", "1 while the payment provider is not called", {"lane": get_args(Lane)}
)
attention = telemetry.counter(
    "payments_attention", "Payments that a person has to look at", {"reason": get_args(Attention)}
)
cases = telemetry.counter(
    "payments_cases",
    "Refunds, disputes and fraud warnings at the provider, as they were first told",
    {"kind": get_args(Kind), "status": "a status that the provider gives them"},
)
refunds = telemetry.counter(
    "payments_refunds",
    "Refunds by how far they came: requested here, accepted by the provider, and what became of them then",
    {"origin": ("shop", "provider"), "outcome": REFUND_OUTCOMES},
)
staff_mails = telemetry.counter("payments_staff_mails", "Mails to staff", {"outcome": ("sent", "not configured")})
settled_at_once = telemetry.counter(
    "payments_settled_at_once",
    "Payments taken on in the process that began their capture or cancellation, by how that ended: done, failed, and "
    "late or left (too many at once), which the reconciler settles",
    {"outcome": ("done", "failed", "late", "left")},
)
facts = telemetry.counter("payments_facts", "What became of payments", {"fact": get_args(Fact)})
balance_reads = telemetry.counter(
    "payments_balance_reads", "Readings of the balance at the provider", {"outcome": ("done", "failed")}
)
movements_booked = telemetry.counter(
    "payments_movements_booked", "Fees and payouts that were booked as the provider's movements were read"
)
receipts = telemetry.counter(
    "payments_receipts",
    "Manual payments that were marked received",
    {"method": [method for method in METHODS if method != "card"]},
)
attempts = telemetry.counter(
    "payments_attempts", "Tries to pay, by the answer of the card's bank", {"outcome": ("authorised", "declined")}
)
declines = telemetry.counter("payments_declines", "Tries to pay that were declined, by the code", {"reason": DECLINES})
declines_limited = telemetry.counter(
    "payments_declines_limited",
    "Payments that were cancelled after too many declines of their order or address, or not made (creation)",
    {"limit": ("order", "address", "creation")},
)
authentications = telemetry.counter(
    "payments_authentications",
    "Shoppers whom the bank asked to authenticate (3-D Secure), as a webhook tells, and tries that failed at it",
    {"outcome": ("asked", "failed")},
)
webhooks = telemetry.counter(
    "payments_webhooks",
    "Webhooks by what was done with them",
    {
        "result": (
            *("forged", "unreadable", "other_mode", "other_account", "new", "repeated"),
            *("applied", "unchanged", "asked", "ignored", "mismatched", "unmatched"),
        )
    },
)
webhook_signatures = telemetry.counter(
    "payments_webhook_signatures",
    "Authentic webhooks by the secret that signed them: the place in STRIPE_WEBHOOK_SECRET of the first that did",
    {"secret": ("first", "second", "later")},
)
webhook_age = telemetry.histogram(
    "payments_webhook_age_seconds",
    "How old signed webhooks were when they came",
    None,
    (0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 300.0, 3600.0, 86_400.0),
)
mismatches = telemetry.counter(
    "payments_mismatches",
    "Intents and cases of the provider that do not fit the payment they name: never applied",
    {"what": (*get_args(Mismatch), *get_args(Kind))},
)
captured_against_our_will = telemetry.counter(
    "payments_captured_against_our_will", "Payments captured while being cancelled: staff must refund them"
)
stuck = telemetry.counter(
    "payments_operations_refused", "Captures and cancellations that the provider refuses", {"operation": STATUSES}
)

last_webhook = telemetry.shared_gauge(
    "payments_last_webhook_timestamp_seconds", "When the last webhook was stored, Unix seconds; 0: none yet"
)
waiting = telemetry.shared_gauge("payments_need_attention", "Payments that a person has to look at now")
disputes_open = telemetry.shared_gauge("payments_disputes_open", "Disputes that go on")
disputes_due = telemetry.shared_gauge(
    "payments_disputes_due",
    "Disputes without an answer whose deadline is within 3 days, or over",
    {"deadline": ("soon", "over")},
)
payouts_failed = telemetry.shared_gauge(
    "payments_payouts_failed", "Payouts to the bank that failed within 7 days, of whose currency none was paid since"
)
payouts_differing = telemetry.shared_gauge(
    "payments_payouts_differing", "Payouts whose movements do not add up to them: must be 0"
)
movements_unknown = telemetry.shared_gauge(
    "payments_movements_unknown",
    "Movements of the balance at the provider within 7 days that the ledger has no account for: staff book them",
)
balance_read = telemetry.shared_gauge(
    "payments_balance_read_timestamp_seconds", "Up to when movements of the balance were read, Unix seconds; 0: not yet"
)
unsettled = telemetry.shared_gauge(
    "payments_unsettled",
    "Payments that are neither captured nor cancelled",
    {"status": [status for status in STATUSES if status not in SETTLED]},
)
unknown = telemetry.shared_gauge(
    "payments_unknown", "Payments whose state at the provider is not known for over 5 minutes"
)
open_refunds = telemetry.shared_gauge("payments_refunds_open", "Refunds that have not ended", {"status": OPEN_REFUNDS})
refund_age = telemetry.shared_gauge(
    "payments_refunds_oldest_seconds",
    "For how long the oldest refund waits: requested for the provider's answer, the others for the customer's bank; "
    "0: none",
    {"status": OPEN_REFUNDS},
)
imbalance = telemetry.shared_gauge(
    "payments_ledger_imbalance",
    "Debits less credits of what was booked within an hour, minor units: must be 0",
    {"currency": CURRENCY},
)
unbooked = telemetry.shared_gauge(
    "payments_ledger_difference",
    "What was captured within an hour less what was given back, less what is booked of both, minor units: must be 0",
    {"currency": CURRENCY},
)
books_checked = telemetry.shared_gauge(
    "payments_books_checked_seconds", "When the books were last checked, Unix seconds"
)
BOOKS = (last_webhook, waiting, unsettled, unknown, imbalance, unbooked, books_checked)
