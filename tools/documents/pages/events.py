"""docs/reference/events.md: the events that the services publish."""

from __future__ import annotations

import json

import msgspec

from chassis.config import service_spec
from chassis.outbox.events import Event
from tools.gates import links
from tools.reference import published
from tools.reference.published import Published
from tools.reference.tables import code, head, table

PAGE = "docs/reference/events.md"
_READERS = "developers of services: each event, its fields, who publishes it and who follows it."
_FROM = "the classes of events, the consumers and each `service.yaml`"
_ABOUT = """
How a service follows a feed, in which order, and what happens when a part fails: [feed](../concepts/feed.md). Who
follows whom is declared in each `service.yaml`: a service outside of this repository in the setting `FOLLOWED_BY`
of the one that it follows.

**An event is written only where a follower is declared.** A service that nobody follows keeps no log: declare the
follower first. Of a service that is followed, only types that a follower handles are written, unless `FOLLOWED_BY`
names a follower: what that one handles is not known here.

## What each event carries

| field | kind | meaning |
| --- | --- | --- |
| `id` | text | its place in the log of its service: a cursor for what comes after it |
| `type` | text | one of those below. Its first word is the aggregate |
| `aggregate`, `aggregate_id` | text, UUID | what it is about. Events of one aggregate come in their order |
| `version` | whole number | counts the events of the aggregate from 1; one that was not written is missing |
| `occurred_at` | time (RFC 3339) | when its transaction began |
| `trace` | text or `null` | the trace of the request that caused it |
| `data` | object | the fields below |

## What is promised

A type never changes its meaning, and what stands in `data` is neither taken away nor given another meaning or kind.
Fields and types may be added: a follower ignores what it does not know, and declares the fields that it needs.
`make compatibility` refuses a change that a follower of the last release could not read. Delivery is at least once,
taking effect once: the follower's cursor moves in the transaction of its effects.
"""


_BY_NOBODY = "Handled by nobody here, so it is written only while `FOLLOWED_BY` names a follower."


def pages() -> dict[str, str]:
    """The page of events."""
    _same_envelope()
    events = published.events()
    services = list(dict.fromkeys(event.service for event in events))
    parts = [head("Events", _READERS, _FROM), _ABOUT, "\n## All events\n\n", _overview(events)]
    for service in services:
        parts.append(f"\n## Of {service}\n\n{_followers(service)}\n")
        parts += [_section(event) for event in events if event.service == service]
    return {PAGE: "".join(parts)}


def _same_envelope() -> None:
    """Refuse to describe fields that an event no longer has."""
    told = {"id", "type", "aggregate", "aggregate_id", "version", "occurred_at", "trace", "data"}
    if (has := {field.name for field in msgspec.structs.fields(Event)}) != told:
        raise ValueError(f"What each event carries is told in tools/documents/pages/events.py: mend {has ^ told}")


def _overview(events: list[Published]) -> str:
    return table(
        ("type", "of", "meaning", "handled by"),
        [
            (
                f"[`{event.type}`](#{links.slug(event.type)})",
                event.service,
                event.meaning,
                ", ".join(event.handled_by),
            )
            for event in events
        ],
    )


def _followers(service: str) -> str:
    followers = service_spec.load(service).followed_by
    if followers:
        return f"Followed by {', '.join(followers)}."
    return "Followed by nobody in this repository, so none of these is written until `FOLLOWED_BY` names a follower."


def _section(event: Published) -> str:
    aggregate = event.type.partition(".")[0]
    handled = f"Handled by {', '.join(event.handled_by)}." if event.handled_by else _BY_NOBODY
    rows = [(f"`{field.name}`", field.kind, "yes" if field.needed else "no", field.meaning) for field in event.fields]
    data = json.dumps({field.name: field.example for field in event.fields}, indent=2)
    fields = table(("field", "kind", "always", "meaning"), rows)
    return (
        f"\n### {event.type}\n\n{event.meaning}\n\nAggregate {code([aggregate])}. {handled}\n\n{fields}"
        f"\nAn example of `data`:\n\n```json\n{data}\n```\n"
    )
