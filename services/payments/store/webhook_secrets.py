"""SQL of the webhook secrets that were seen to sign."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from chassis.db import ReadTx, WriteTx
from payments.domain.webhook_secret import Seen

_NOTE = """
insert into webhook_secrets_seen (fingerprint) values ($1)
on conflict (fingerprint) do update set last_at = now()
    where webhook_secrets_seen.last_at < now() - interval '1 minute'
"""
_SEEN = "select fingerprint, first_at, last_at from webhook_secrets_seen where fingerprint = any($1)"


def _named(fingerprint: str, first_at: datetime, last_at: datetime) -> tuple[str, Seen]:
    return fingerprint, Seen(first_at, last_at)


async def seen(tx: ReadTx, fingerprints: Sequence[str]) -> tuple[dict[str, Seen], datetime]:
    """When each of the secrets signed, of those that did; and the time now."""
    rows = await tx.rows(_named, _SEEN, list(fingerprints))
    return dict(rows), await tx.value("select clock_timestamp()")


async def note(tx: WriteTx, fingerprint: str) -> None:
    """Store that a secret signed; at most once a minute."""
    await tx.execute(_NOTE, fingerprint)
