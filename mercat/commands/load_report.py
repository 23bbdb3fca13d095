"""The texts about rows and pictures that the catalog's loader could not take."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from mercat.data.catalog_loader import LoaderEvent
from mercat.installation import command_line

if TYPE_CHECKING:
    from rich.console import Console

# How many problems are printed; more are only counted.
SHOWN = 50


def describe_problem(event: LoaderEvent) -> str:
    """One line about a refused row or picture: its place and the reason."""
    where = [f"row {event['row']}"] if event.get("row") else []
    where += [str(event[name]) for name in ("handle", "column") if event.get(name)]
    reason = event.get("reason") or event.get("message") or ""
    return f"{', '.join(where)}: {reason}" if where else str(reason)


def print_picture_causes(out: Console, problems: list[LoaderEvent]) -> None:
    """Print why pictures are missing: one line for each reason, with the number of pictures."""
    for cause, count in Counter(str(event["cause"]) for event in problems).most_common(SHOWN):
        pictures = "1 picture" if count == 1 else f"{count} pictures"
        out.print("[yellow]![/]", end=" ")
        out.print(f"{pictures} could not be fetched. {cause}", markup=False, soft_wrap=True)


def pictures_progress(event: LoaderEvent) -> str:
    """A line about the progress of fetching pictures."""
    return f"Fetching pictures: {event['waiting']} to come, {event['failed']} could not be fetched"


def pictures_conclusion(event: LoaderEvent) -> str:
    """The result of fetching pictures, from the last event, and the command to try again."""
    failed, waiting = event.get("failed", 0), event.get("waiting", 0)
    if not failed and not waiting:
        return "All pictures are here."
    parts = [f"{failed} pictures could not be fetched"] if failed else []
    parts += [f"{waiting} pictures are still to come: the catalog fetches them in the background"] if waiting else []
    retry = f" To try again: {command_line.mercat_command('pictures retry')}" if failed else ""
    return f"{'; '.join(parts)}.{retry}"
