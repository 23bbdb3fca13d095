"""Let the days and minutes of an account's erasure pass at once: nobody waits so long for a proof."""

from __future__ import annotations

from functools import partial

from proofs.store import ProofStore
from proofs.waiting import eventually

# The seven days to undo it, and the minutes until no token is valid.
DUE = "update erasures set due_at = asked_at, next_try_at = now() where erased_at is null and account_id = $1::uuid"
NOW = "update erasures set next_try_at = now() where erased_at is null and account_id = $1::uuid"
_RUN = "update job_schedule set next_at = now() where name like 'identity.%eras%'"
_GONE = "select not exists (select from accounts where id = $1::uuid)"
_STATE = "select to_jsonb(e)::text as row from erasures e where account_id = $1::uuid"


async def account_gone(store: ProofStore, account_id: str, seconds: float, due: str = DUE) -> None:
    """Wait until the account is erased.

    Raises:
        TimeoutError: it is not; the message tells how far its erasure came, and what failed.
    """
    try:
        await eventually(partial(_gone, store, account_id, due), seconds, "the end of the account", every=1)
    except TimeoutError as late:
        rows = [row["row"] for row in await store.rows("identity", _STATE, account_id)]
        raise TimeoutError(f"{late}; its erasure: {rows}; {'; '.join(_failures(store))}") from late


async def _gone(store: ProofStore, account_id: str, due: str) -> bool:
    await store.rows("identity", due, account_id)
    await store.rows("identity", _RUN)
    return bool(await store.value("identity", _GONE, account_id))


def _failures(store: ProofStore) -> list[str]:
    """The last lines of the logs that tell why an erasure did not go on."""
    lines = [
        line
        for path in sorted(store.store.logs.rglob("*"))
        if path.is_file()
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines()
        if '"message":"erasure.' in line
    ]
    return lines[-3:]
