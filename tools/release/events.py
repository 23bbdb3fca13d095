"""What followers of the last release cannot read any more, and what is left of its events that nobody here can read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tools.release.json_schemas import Comparison

# What tools.release.declared prints.
Declared = Mapping[str, Mapping[str, Any]]
_FEED = "the feed's page"


def broken(old: Declared, new: Declared) -> list[str]:
    """What breaks while services of both releases run, and while the log holds events of the old one."""
    return [*dict.fromkeys([*_published(old, new), *_read(old, new)])]


def _published(old: Declared, new: Declared) -> Iterator[str]:
    """By an event: what nobody expects of it who knows the old one."""
    after = produced(new)
    for kind, (service, schema) in produced(old).items():
        if kind not in after:
            yield f"{kind}: {service} no longer publishes it"
            continue
        yield from _told(kind, after[kind][1], schema, answers=True)
    yield from _told(_FEED, new["chassis"]["feed"], old["chassis"]["feed"], answers=True)
    yield from _told(_FEED, old["chassis"]["feed"], new["chassis"]["feed"], answers=False)


def _read(old: Declared, new: Declared) -> Iterator[str]:
    """By a follower: what of the old events the new one does not take, and of the new events the old one."""
    before, after = produced(old), produced(new)
    readers = consumed(new)
    for (service, kind), schema in consumed(old).items():
        if kind in before and (service, kind) not in readers and service in {*new}:
            yield f"{kind}: {service} no longer handles it"
        if kind in after:
            yield from _told(f"{kind}, read by {service} of the last release", after[kind][1], schema, answers=False)
    for (service, kind), schema in readers.items():
        if kind in before:
            yield from _told(f"{kind}, read by {service}", before[kind][1], schema, answers=False)


def _told(what: str, sent: Mapping[str, Any], taken: Mapping[str, Any], *, answers: bool) -> Iterator[str]:
    # The name of the data's class is no part of it.
    for misfit in Comparison(sent, taken, answers=answers).misfits(sent, taken):
        yield f"{what}: {misfit.removeprefix(': ')}"


def produced(declared: Declared) -> dict[str, tuple[str, Mapping[str, Any]]]:
    """The service that publishes each type of event, and the schema of its data."""
    return {
        kind: (service, schema)
        for service, its in declared.items()
        if service != "chassis"
        for kind, schema in its["events"].items()
        if kind not in its["handled"]
    }


def consumed(declared: Declared) -> dict[tuple[str, str], Mapping[str, Any]]:
    """The schema that each service reads a type of event with. The chassis reads those that it declares, for all."""
    return {
        (service, kind): schema
        for service, its in declared.items()
        for kind, schema in its["events"].items()
        if service == "chassis" or kind in its["handled"]
    }
