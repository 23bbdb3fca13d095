"""The command `pictures`: list the pictures of imports that could not be fetched, or fetch them again."""

from __future__ import annotations

from mercat.commands import render
from mercat.commands.load_report import SHOWN, describe_problem, pictures_conclusion, pictures_progress
from mercat.data.catalog_loader import LoaderEvent, load
from mercat.installation import Installation


def show_pictures(installation: Installation, *, retry: bool) -> None:
    """Print each missing picture with the reason; with `retry` after fetching them again.

    Raises:
        CommandError: the catalog's database does not answer.
    """
    out = render.console()
    problems: list[LoaderEvent] = []
    last: LoaderEvent = {}
    with out.status("Fetching pictures") as waiting:
        for event in load(installation, "--pictures", "retry" if retry else "list"):
            if event["event"] == "problem":
                problems.append(event)
            elif event["event"] == "pictures":
                last = event
                waiting.update(pictures_progress(event))
    for each in problems[:SHOWN]:
        out.print("[yellow]![/]", end=" ")
        out.print(describe_problem(each), markup=False, soft_wrap=True)
    if len(problems) > SHOWN:
        out.print(f"and {len(problems) - SHOWN} more")
    out.print(pictures_conclusion(last), soft_wrap=True)
