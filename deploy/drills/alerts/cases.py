"""The cases of the drill, by their names; and the pages that it does not cause, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass

from deploy.drills.alerts import books, causes, documents, floods, money, refunds, stuck
from deploy.drills.alerts.causes import Cause


@dataclass(frozen=True)
class Case:
    """A cause, and the pages and tickets that it must raise. `beside`: it takes ten minutes; others run meanwhile."""

    cause: Cause
    pages: tuple[str, ...] = ()
    tickets: tuple[str, ...] = ()
    beside: bool = False


CASES: dict[str, Case] = {
    # First, since it ends the transaction of the case that runs beside the rest.
    "postgres-killed": Case(causes.killed("postgres"), ("DatabaseDown",)),
    "feed-held": Case(stuck.feed_held, ("OrdersUnpaid", "FeedLag")),
    # Before the transaction that nobody waits for: both raise one page.
    "table-held": Case(stuck.table_held, ("TransactionLong",)),
    "transaction-long": Case(stuck.transaction_long, ("TransactionLong",), beside=True),
    "service-killed": Case(causes.killed("identity"), ("TargetDown",)),
    "valkey-killed": Case(causes.killed("valkey"), ("ValkeyDown",)),
    "service-restarts": Case(stuck.restarted, ("RestartsFrequent",)),
    "loop-blocked": Case(stuck.loop_blocked, ("EventLoopDelayed",)),
    "table-locked": Case(causes.table_locked, ("ErrorBudgetBurn", "EdgeErrors"), ("DatabasePoolFull",)),
    "pool-full": Case(causes.pool_full, ("DatabasePoolWait", "LatencyBudgetBurn")),
    "follower-held": Case(causes.follower_held, ("FeedLag",)),
    "feed-halted": Case(causes.feed_halted, ("FeedHalted",)),
    "given-up": Case(stuck.given_up, ("DeadLetters",), ("JobsHeld",)),
    "jobs-late": Case(causes.jobs_late, ("JobsLate",)),
    "provider-away": Case(causes.provider_away, ("ProviderBreakerOpen",)),
    "provider-refuses": Case(stuck.provider_refuses, tickets=("ProviderErrors",)),
    "payments-unknown": Case(stuck.payments_unknown, ("PaymentsUnsettled",)),
    "refunds-stuck": Case(refunds.stuck, ("RefundsStuck",), ("OrderRefundsStuck",)),
    "refunds-failed": Case(refunds.failed, ("RefundsFailed",)),
    "dispute-due": Case(money.dispute_due, tickets=("DisputeDue",)),
    "payouts-failed": Case(money.payouts_failed, tickets=("PayoutsFailed",)),
    "balance-unread": Case(money.balance_unread, tickets=("BalanceUnread",)),
    "documents-missing": Case(documents.missing, tickets=("DocumentsMissing",)),
    "mails-not-sent": Case(stuck.mails_not_sent, ("MailsNotSent",)),
    "cards-tried": Case(floods.cards_tried, tickets=("DeclinesLimited",)),
    "webhooks-lost": Case(causes.webhooks_lost, ("WebhooksMissing",)),
    "webhooks-forged": Case(causes.webhooks_forged, ("WebhookSignaturesBad",)),
    "certificate-old": Case(causes.certificate_old, ("CertificateExpires",)),
    "books-wrong": Case(causes.books_wrong, tuple(books.FAULTS)),
    "books-held": Case(stuck.books_held, ("BooksNotChecked",)),
    "books-killed": Case(stuck.books_killed, tickets=("MetricsMissing", "TargetDown")),
    "checkouts-refused": Case(floods.checkouts_refused, ("CheckoutRefusalsHigh",), ("RefusalsHigh",)),
    "passwords-guessed": Case(floods.passwords_guessed, ("SignInFailuresHigh", "SignInRefusalsHigh")),
    "ids-guessed": Case(floods.ids_guessed, ("ProbingForIds",)),
    "tokens-reused": Case(floods.tokens_reused, ("RefreshTokensReused",)),
}

# Caused by `make drill-dashboards`, whose hours are seconds, so that last week is ten minutes ago.
ELSEWHERE = {"OrdersLow"}
_NODE = "it is measured by node-exporter, which runs in a cluster alone"
_NO_COPY = "a laptop's store has one PostgreSQL, which nothing copies: no replica, no archive, no backup on a schedule"
NOT_CAUSED = {
    "BackgroundLoopDead": "a process whose loop has ended is no longer scraped, and is gone within 40 s: the page "
    "is for one that does not end",
    "BackupOld": _NO_COPY,
    "ClockSkew": _NODE,
    "DeclinesHigh": "it wants a hundred tries to pay within an hour, and a week to compare them with: in a drill these "
    "are five seconds and ten minutes",
    "DiskFull": _NODE,
    "OutOfMemoryKills": _NODE,
    "ProbeFailed": "the probes run in a cluster alone",
    "ReplicaLag": _NO_COPY,
    "TransactionIdsAged": "it wants a thousand million transactions",
    "WalArchiveOld": _NO_COPY,
}
