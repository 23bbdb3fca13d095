"""SQL that makes the services go on at once with what they would do later.

Rows that somebody has locked are left out: waiting for several of them, as a service does too, can be a deadlock.
"""

from __future__ import annotations


def _now(table: str, key: str, changes: str, where: str) -> str:
    chosen = f"select {key} from {table} where {where} for update skip locked"
    return f"update {table} set {changes} where ({key}) in ({chosen})"


_CHECKED = "next_check_at = now(), version = version + 1"
# Orders, refunds and payments in progress are due for the sweeps: of each the service, and a statement.
DUE_NOW = (
    (
        "orders",
        _now(
            "orders",
            "id",
            "next_attempt_at = now()",
            "status in ('authorised', 'stock_committed', 'cancelling') and next_attempt_at > now()",
        ),
    ),
    ("orders", _now("refunds", "id", "next_attempt_at = now()", "next_attempt_at > now()")),
    ("payments", _now("payments", "id", _CHECKED, "next_check_at > now()")),
    ("payments", _now("refunds", "id", _CHECKED, "next_check_at > now()")),
)
_CLAIMS = (
    _now("idempotency", "scope, key", "claimed_until = now()", "status is null"),
    _now("job_schedule", "name", "next_at = now(), leased_until = now()", "leased_until > now()"),
)
# The claims of a killed process expire at once. The leases of jobs and of the inbox expire by themselves: each
# take-over counts as a try, and a job is held after eight.
CLAIMS = {
    "orders": (
        *_CLAIMS,
        _now("orders", "id", "next_attempt_at = now()", "next_attempt_at > now() and status <> 'pending_payment'"),
    ),
    "payments": (
        *_CLAIMS,
        _now("payments", "id", "claimed_until = now(), version = version + 1", "claimed_until > now()"),
    ),
    "catalog": _CLAIMS,
}
# All of them, so their locks are waited for, in the order in which services lock orders.
TIME_TO_PAY_IS_OVER = """
update orders set expires_at = now(), next_attempt_at = now() where id in (
    select id from orders where status in ('placed', 'pending_payment') order by id for update
)
"""


def run_now(job: str) -> tuple[str, str]:
    """The periodic work of this name is due."""
    return "update job_schedule set next_at = now() where name = $1 and next_at > now()", job
