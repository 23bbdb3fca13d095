"""Note which of several webhook secrets signs, so that `python -m payments.doctor` can say when the old one can go."""

from __future__ import annotations

import time

from chassis import telemetry
from chassis.db import UNREACHABLE
from payments import metrics
from payments.context import PaymentsContext
from payments.domain.webhook_secret import fingerprint
from payments.store import webhook_secrets

SECONDS = 60.0
_PLACES = ("first", "second")
_log = telemetry.logger(__name__)


class SignatureNotes:
    """When this process last wrote down each secret, by its place."""

    def __init__(self) -> None:
        self._written: dict[int, float] = {}

    def due(self, place: int) -> bool:
        """Whether it is to be written down now; counts as written from then on."""
        now = time.monotonic()
        if now - self._written.get(place, -SECONDS) < SECONDS:
            return False
        self._written[place] = now
        return True


async def note_signature(ctx: PaymentsContext, place: int) -> None:
    """Count a webhook by the place of its secret. While there are several, write it down once a minute.

    What cannot be written changes nothing for the webhook.
    """
    metrics.webhook_signatures.inc(_PLACES[place] if place < len(_PLACES) else "later")
    secrets = ctx.settings.webhook_secrets
    if len(secrets) == 1 or not ctx.get(SignatureNotes).due(place):
        return
    try:
        async with ctx.db.write_one() as tx:
            await webhook_secrets.note(tx, fingerprint(secrets[place]))
    except UNREACHABLE as error:
        _log.warning("webhook.secret_not_noted", error_type=type(error).__name__)
