"""The event destination: a webhook endpoint with snapshot events, or an event destination with thin events.

Source: https://docs.stripe.com/event-destinations. One destination; `POST /_double/destination` changes it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from stripe_double.objects.errors import invalid
from stripe_double.settings import API_VERSION, Settings


@dataclass(frozen=True, slots=True)
class Destination:
    """Where events are sent. `events` None: all types. `url` None: they stay in the database."""

    url: str | None
    events: frozenset[str] | None = None
    payload: Literal["snapshot", "thin"] = "snapshot"
    api_version: str = API_VERSION
    enabled: bool = True

    @classmethod
    def of(cls, settings: Settings) -> Destination:
        """The destination that the settings describe."""
        return cls(settings.webhook_url, settings.webhook_events)

    def accepts(self, kind: str) -> bool:
        """Whether events of this type are sent."""
        return self.enabled and (self.events is None or kind in self.events)

    def changed(self, wanted: dict[str, Any]) -> Destination:
        """A copy changed by a JSON object with some of `payload`, `api_version`, `events` (null: all) and `enabled`."""
        for name, value in wanted.items():
            if not _GOOD.get(name, _never)(value):
                raise invalid(name[:80], f"{name[:80]} is not known, or has no such value.", "parameter_unknown")
        if "events" in wanted:
            wanted["events"] = None if wanted["events"] is None else frozenset(wanted["events"])
        return replace(self, **wanted)

    def as_json(self) -> dict[str, Any]:
        """The destination as JSON fields."""
        return {**asdict(self), "events": None if self.events is None else sorted(self.events)}


def _never(_: object) -> bool:
    return False


_GOOD = {
    "payload": lambda value: value in {"snapshot", "thin"},
    "api_version": lambda value: isinstance(value, str) and 0 < len(value) <= 40,
    "events": lambda value: value is None or (isinstance(value, list) and all(isinstance(each, str) for each in value)),
    "enabled": lambda value: isinstance(value, bool),
}
