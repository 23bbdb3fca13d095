"""The command `pictures`: which pictures of imports could not be fetched, and another try."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from mercat import show, words
from mercat.loading import Event, load
from mercat.store import Store

if TYPE_CHECKING:
    from rich.console import Console

# More than this are counted.
_SHOWN = 50


def tell(store: Store, *, retry: bool) -> None:
    """Have them fetched again where `retry` says so, and print each that is not here, with the reason.

    Raises:
        Refusal: the catalog's database does not answer.
    """
    from mercat.import_command import problem

    out = show.console()
    problems: list[Event] = []
    last: Event = {}
    with out.status("Fetching pictures") as waiting:
        for event in load(store, "--pictures", "retry" if retry else "list"):
            if event["event"] == "problem":
                problems.append(event)
            elif event["event"] == "pictures":
                last = event
                waiting.update(progress(event))
    for each in problems[:_SHOWN]:
        out.print("[yellow]![/]", end=" ")
        out.print(problem(each), markup=False, soft_wrap=True)
    if len(problems) > _SHOWN:
        out.print(f"and {len(problems) - _SHOWN} more")
    out.print(conclusion(last), soft_wrap=True)


def print_causes(out: Console, problems: list[Event]) -> None:
    """Print why pictures are not here, a line for each reason: a server that is away has many of them."""
    for cause, count in Counter(str(event["cause"]) for event in problems).most_common(_SHOWN):
        pictures = "1 picture" if count == 1 else f"{count} pictures"
        out.print("[yellow]![/]", end=" ")
        out.print(f"{pictures} could not be fetched. {cause}", markup=False, soft_wrap=True)


def progress(event: Event) -> str:
    """How far the fetching is, in words."""
    return f"Fetching pictures: {event['waiting']} to come, {event['failed']} could not be fetched"


def conclusion(event: Event) -> str:
    """How it ended, and what to do next; of the last event."""
    failed, waiting = event.get("failed", 0), event.get("waiting", 0)
    if not failed and not waiting:
        return "All pictures are here."
    parts = [f"{failed} pictures could not be fetched"] if failed else []
    parts += [f"{waiting} pictures are still to come: the catalog fetches them in the background"] if waiting else []
    retry = f" To try again: {words.command('pictures retry')}" if failed else ""
    return f"{'; '.join(parts)}.{retry}"
