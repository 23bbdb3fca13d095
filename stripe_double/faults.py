"""Faults on demand, for proofs: what `POST /_double/faults` sets. Kept in memory, so a restart clears them."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any

import orjson

from stripe_double.errors import StripeError, account_inactive, broken, invalid, lock_timeout, rate_limited

if TYPE_CHECKING:
    from random import Random

OPERATIONS = (
    *("create", "confirm", "capture", "cancel", "retrieve", "list", "update"),
    *("refund", "refunds", "charges", "disputes", "warnings", "account", "events"),
)
MOST = 1_000_000


@dataclass(slots=True)
class WebhookFaults:
    """`lost`, `delay_ms` and `shuffle_ms` mark events as they are written, `paused` and `duplicate` those being sent.

    Each event waits `delay_ms` and a random part of `shuffle_ms`; `duplicate` more copies of it are sent.
    """

    paused: bool = False
    lost: bool = False
    duplicate: int = 0
    delay_ms: int = 0
    shuffle_ms: int = 0

    def hold_back(self, random: Random) -> float:
        """Seconds that an event written now is to wait."""
        return (self.delay_ms + self.shuffle_ms * random.random()) / 1000


@dataclass(slots=True)
class Faults:
    """The counters say how many of the next calls are hit; `operation` narrows all of these to one kind of call.

    `retry_after`: the seconds that the answers of `rate_limit` ask for. `account_inactive`: it may take no payments.
    """

    latency_ms: int = 0
    rate_limit: int = 0
    lock_timeout: int = 0
    retry_after: int = 0
    account_inactive: bool = False
    fail_before_commit: int = 0
    fail_after_commit: int = 0
    reset_after_commit: int = 0
    operation: str | None = None
    webhooks: WebhookFaults = field(default_factory=WebhookFaults)

    def replace(self, encoded: bytes) -> None:
        """All switches at once: what `encoded` (a JSON object) does not name is off. Unchanged if it is wrong."""
        try:
            wanted = orjson.loads(encoded)
        except orjson.JSONDecodeError:
            raise StripeError(400, "The body must be a JSON object of faults.") from None
        webhooks = _checked(wanted.pop("webhooks", {}) if isinstance(wanted, dict) else {}, WebhookFaults())
        new = _checked(wanted, Faults())
        for name, value in new.items():
            setattr(self, name, value)
        self.webhooks = WebhookFaults(**webhooks)

    def shown(self) -> dict[str, Any]:
        return asdict(self)

    async def before(self, operation: str) -> None:
        """Nothing has happened yet, and if this raises nothing will."""
        if not self._concerns(operation):
            return
        if self.account_inactive and operation == "create":
            raise account_inactive()
        if self._take("rate_limit"):
            raise rate_limited("global-rate", self.retry_after)
        if self._take("lock_timeout"):
            raise lock_timeout()
        if self._take("fail_before_commit"):
            raise broken("Fault on demand: nothing was done.")
        if self.latency_ms:
            await asyncio.sleep(self.latency_ms / 1000)

    def after(self, operation: str) -> None:
        """The effect is in the book; its answer is lost if this raises."""
        if not self._concerns(operation):
            return
        if self._take("fail_after_commit"):
            raise broken("Fault on demand: the call took effect.")
        if self._take("reset_after_commit"):
            raise ConnectionCut

    def _concerns(self, operation: str) -> bool:
        return self.operation in {None, operation}

    def _take(self, name: str) -> bool:
        left: int = getattr(self, name)
        if left > 0:
            setattr(self, name, left - 1)
        return left > 0


class ConnectionCut(Exception):
    """The connection is to be closed in the middle of the answer."""


def _checked(wanted: Any, known: Faults | WebhookFaults) -> dict[str, Any]:
    """Every switch of `known` but `webhooks`, as `wanted` or off."""
    if not isinstance(wanted, dict):
        raise StripeError(400, "Faults must be given as a JSON object.")
    off = {each.name: getattr(known, each.name) for each in fields(known) if each.name != "webhooks"}
    for name, value in wanted.items():
        if name not in off:
            raise invalid(name[:80], f"There is no fault named {name[:80]}.", "parameter_unknown")
        _check(name, value, off[name])
    return off | wanted


def _check(name: str, value: Any, off: Any) -> None:
    if name == "operation":
        if value is not None and value not in OPERATIONS:
            raise invalid(name, f"operation must be null or one of {', '.join(OPERATIONS)}.")
    elif type(value) is not type(off):
        raise invalid(name, f"{name} must be a JSON {'boolean' if isinstance(off, bool) else 'integer'}.")
    elif isinstance(value, int) and not 0 <= value <= MOST:
        raise invalid(name, f"{name} must be between 0 and {MOST}.")
