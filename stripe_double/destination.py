"""Where events go and in what form: a webhook endpoint's snapshots, or an event destination's thin events.

Source: https://docs.stripe.com/event-destinations. One destination; `POST /_double/destination` changes it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import orjson

from stripe_double.errors import StripeError, invalid
from stripe_double.settings import API_VERSION

if TYPE_CHECKING:
    from stripe_double.settings import Settings


@dataclass(frozen=True, slots=True)
class Destination:
    """`events` None: all. `url` None: they wait in the book. `enabled` is what its owner has set it to be."""

    url: str | None
    events: frozenset[str] | None = None
    payload: Literal["snapshot", "thin"] = "snapshot"
    api_version: str = API_VERSION
    enabled: bool = True

    @classmethod
    def of(cls, settings: Settings) -> Destination:
        return cls(settings.webhook_url, settings.webhook_events)

    def tells(self, kind: str) -> bool:
        return self.enabled and (self.events is None or kind in self.events)

    def changed(self, encoded: bytes) -> Destination:
        """By a JSON object of `payload`, `api_version`, `events` (null: all) and `enabled`; the rest stays."""
        try:
            wanted = orjson.loads(encoded)
        except orjson.JSONDecodeError:
            wanted = None
        if not isinstance(wanted, dict):
            raise StripeError(400, "The body must be a JSON object.")
        for name, value in wanted.items():
            if not _GOOD.get(name, _never)(value):
                raise invalid(name[:80], f"{name[:80]} is not known, or has no such value.", "parameter_unknown")
        if "events" in wanted:
            wanted["events"] = None if wanted["events"] is None else frozenset(wanted["events"])
        return replace(self, **wanted)

    def shown(self) -> dict[str, Any]:
        return {**asdict(self), "events": None if self.events is None else sorted(self.events)}


def _never(_: object) -> bool:
    return False


_GOOD = {
    "payload": lambda value: value in {"snapshot", "thin"},
    "api_version": lambda value: isinstance(value, str) and 0 < len(value) <= 40,
    "events": lambda value: value is None or (isinstance(value, list) and all(isinstance(each, str) for each in value)),
    "enabled": lambda value: isinstance(value, bool),
}
