"""Fault injection: switches that `POST /_double/faults` sets. They are in memory: a restart clears them."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass, field, fields
from random import Random
from typing import Any

from stripe_double.objects.errors import StripeError, account_inactive, broken, invalid, lock_timeout, rate_limited

OPERATIONS = (
    *("create", "confirm", "capture", "cancel", "retrieve", "list", "update"),
    *("refund", "refunds", "charges", "disputes", "warnings", "account", "events"),
    *("balance", "payouts", "payout", "customers", "search"),
)
MAX_VALUE = 1_000_000


@dataclass(slots=True)
class WebhookFaults:
    """Faults of webhooks: `lost`, `delay_ms` and `shuffle_ms` apply to new events, `paused` and `duplicate` to sending.

    Each event is delayed by `delay_ms` and a random part of `shuffle_ms`; `duplicate` more copies of it are sent.
    `slow_retries`: the pauses after failures are as long as Stripe's.
    """

    paused: bool = False
    lost: bool = False
    slow_retries: bool = False
    duplicate: int = 0
    delay_ms: int = 0
    shuffle_ms: int = 0

    def delay(self, random: Random) -> float:
        """The delay of an event written now, in seconds."""
        return (self.delay_ms + self.shuffle_ms * random.random()) / 1000


@dataclass(slots=True)
class Faults:
    """Faults of calls. Counters are the number of next calls that fail; `operation` limits them to one operation.

    `retry_after`: seconds in the answers of `rate_limit`. `account_inactive`: creations are refused.
    `refunds_need_funds`: refunds above the available balance are pending until it covers them. `search_lag_s`: seconds
    until a search finds what is new.
    """

    latency_ms: int = 0
    rate_limit: int = 0
    lock_timeout: int = 0
    retry_after: int = 0
    account_inactive: bool = False
    refunds_need_funds: bool = False
    search_lag_s: int = 0
    fail_before_commit: int = 0
    fail_after_commit: int = 0
    reset_after_commit: int = 0
    operation: str | None = None
    webhooks: WebhookFaults = field(default_factory=WebhookFaults)

    def replace(self, wanted: dict[str, Any]) -> None:
        """Set all switches from a JSON object; those it does not name are off. An invalid one changes nothing."""
        webhooks = _checked(wanted.pop("webhooks", {}), WebhookFaults())
        new = _checked(wanted, Faults())
        for name, value in new.items():
            setattr(self, name, value)
        self.webhooks = WebhookFaults(**webhooks)

    def as_json(self) -> dict[str, Any]:
        """All switches and counters as JSON fields."""
        return asdict(self)

    async def before_operation(self, operation: str) -> None:
        """Inject the faults before an operation: if this raises, it does not run."""
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

    def after_operation(self, operation: str) -> None:
        """Inject the faults after the commit of an operation: if this raises, its answer is not sent."""
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
    """The connection must be closed in the middle of the answer."""


def _checked(wanted: Any, known: Faults | WebhookFaults) -> dict[str, Any]:
    """The value of every switch of `known` except `webhooks`: as wanted, or off."""
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
    elif isinstance(value, int) and not 0 <= value <= MAX_VALUE:
        raise invalid(name, f"{name} must be between 0 and {MAX_VALUE}.")
