"""Makes payments read the provider's balance now, which it does every ten minutes."""

from __future__ import annotations

from proofs.store import ProofStore
from proofs.waiting import eventually

_OURS = "from job_schedule where name = 'payments.read_balance'"
_DUE = """
update job_schedule set next_at = now() where name = 'payments.read_balance' and runner is null
returning clock_timestamp() as due_at
"""


async def read_balance(store: ProofStore, seconds: float = 90) -> None:
    """Wait for a reading that begins after this call: one that is under way may not see all."""

    async def due() -> object:
        rows = await store.rows("payments", _DUE)
        return rows[0]["due_at"] if rows else None

    due_at = await eventually(due, seconds, "the end of an earlier reading of the balance")

    async def ended() -> bool:
        return bool(await store.value("payments", f"select coalesce(ended_at > $1, false) {_OURS}", due_at))

    await eventually(ended, seconds, "the balance to be read")
