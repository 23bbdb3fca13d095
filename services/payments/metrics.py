"""The metrics of payments."""

from __future__ import annotations

from chassis import telemetry

provider_calls = telemetry.counter(
    "payments_provider_calls",
    "Calls to the payment provider by how they ended: answered, refused, unknown, busy (its limits, in time), "
    "misconfigured (our key, account or parameters), not_sent (breaker open)",
    ("operation", "outcome"),
)
provider_waits = telemetry.counter(
    "payments_provider_waits", "Tries that the provider was too busy for, by its reason", ("operation", "reason")
)
attention = telemetry.counter("payments_attention", "Payments that a person has to look at", ("reason",))
waiting = telemetry.gauge("payments_need_attention", "Payments that a person has to look at now")
cases = telemetry.counter(
    "payments_cases",
    "Refunds, disputes and fraud warnings at the provider, as they were first told",
    ("kind", "status"),
)
staff_mails = telemetry.counter("payments_staff_mails", "Mails to staff: sent, not configured", ("outcome",))
provider_seconds = telemetry.histogram(
    "payments_provider_seconds", "How long the payment provider took", ("operation",)
)
settled_at_once = telemetry.counter(
    "payments_settled_at_once",
    "Payments taken on in the process that began their capture or cancellation, by how that ended: done, failed, and "
    "late or left (too many at once), which the reconciler settles",
    ("outcome",),
)
facts = telemetry.counter("payments_facts", "What became of payments", ("fact",))
webhooks = telemetry.counter("payments_webhooks", "Webhooks by what was done with them", ("result",))
mismatches = telemetry.counter(
    "payments_mismatches", "Intents of the provider that do not fit the payment they name: never applied", ("what",)
)
captured_against_our_will = telemetry.counter(
    "payments_captured_against_our_will", "Payments captured while being cancelled: staff must refund them"
)
stuck = telemetry.counter(
    "payments_operations_refused", "Captures and cancellations that the provider refuses, by its code", ("operation",)
)
unsettled = telemetry.gauge("payments_unsettled", "Payments that are neither captured nor cancelled", ("status",))
unknown = telemetry.gauge("payments_unknown", "Payments whose state at the provider is not known for over 5 minutes")
imbalance = telemetry.gauge("payments_ledger_imbalance", "Debits less credits, minor units: must be 0", ("currency",))
unbooked = telemetry.gauge(
    "payments_ledger_difference",
    "What was captured less what the ledger says the provider owes us, minor units: must be 0",
    ("currency",),
)
books_checked = telemetry.gauge("payments_books_checked_seconds", "When the books were last checked, Unix seconds")
