"""The command `import FILE`: import a Shopify product export, and print each refused row with its reason."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mercat.commands import load_report, render
from mercat.data.catalog_loader import LoaderEvent, load
from mercat.installation import CommandError, Installation, command_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console

# Counts that are printed also if they are 0.
_SHOWN_WHEN_ZERO = {"created", "updated", "unchanged", "refused_rows"}


def import_file(installation: Installation, file: Path, options: Mapping[str, str | None]) -> int:
    """Load the file with these options of the loader (None: not given); returns the number of refused rows.

    Raises:
        CommandError: the file cannot be read, or the catalog refused the whole file.
    """
    if not file.is_file():
        raise CommandError(f"There is no file {file}.")
    out = render.console()
    problems: list[LoaderEvent] = []
    missing: list[LoaderEvent] = []
    summary: LoaderEvent = {}
    pictures: LoaderEvent = {}
    with out.status(f"Reading {file.name}") as waiting:
        for event in load(installation, "--shopify", str(file.resolve()), *_loader_options(options)):
            if event["event"] == "progress":
                waiting.update(f"Loading {file.name}: {_progress(event)}")
            elif event["event"] == "problem":
                _collect(out, event, missing if "cause" in event else problems)
            elif event["event"] == "pictures":
                pictures = event
                waiting.update(load_report.pictures_progress(event))
            elif event["event"] == "done":
                summary = event
    _print_summary(installation, out, summary, problems)
    if pictures:
        _print_pictures(out, pictures, missing)
    return int(summary.get("refused_rows", 0))


def _loader_options(options: Mapping[str, str | None]) -> list[str]:
    """The options of the loader; currencies in capitals."""
    upper = {"currency", "remove-prices"}
    given = {name: value for name, value in options.items() if value}
    return [f"--{name}={value.upper() if name in upper else value.lower()}" for name, value in given.items()]


def _progress(event: LoaderEvent) -> str:
    done, total = event.get("done"), event.get("total")
    return f"{done} of {total} products" if total else f"{done} products"


def _print_problem(out: Console, event: LoaderEvent) -> None:
    sign = "[red]✗[/]" if event.get("severity") == "refused" else "[yellow]![/]"
    out.print(sign, end=" ")
    out.print(load_report.describe_problem(event), markup=False, soft_wrap=True)


def _collect(out: Console, event: LoaderEvent, among: list[LoaderEvent]) -> None:
    """Add a problem to `among` and print it; those of pictures, which have a cause, are printed together at the end."""
    among.append(event)
    if "cause" not in event and len(among) <= load_report.SHOWN:
        _print_problem(out, event)


def _print_pictures(out: Console, last: LoaderEvent, missing: list[LoaderEvent]) -> None:
    load_report.print_picture_causes(out, missing)
    out.print(load_report.pictures_conclusion(last), soft_wrap=True)
    if missing:
        out.print(f"Which, of the whole shop: {command_line.mercat_command('pictures')}", soft_wrap=True)


def _print_summary(installation: Installation, out: Console, summary: LoaderEvent, problems: list[LoaderEvent]) -> None:
    if len(problems) > load_report.SHOWN:
        report = installation.logs / "import-problems.txt"
        report.write_text("\n".join(map(load_report.describe_problem, problems)) + "\n", encoding="utf-8")
        out.print(
            f"[yellow]![/] and {len(problems) - load_report.SHOWN} more: all of them are in {report}", soft_wrap=True
        )
    for name, value in summary.items():
        if name != "event" and isinstance(value, int | str) and (value or name in _SHOWN_WHEN_ZERO):
            out.print(f"  {name.replace('_', ' '):<22} [bold]{value}[/]")
    refused = int(summary.get("refused_rows", 0))
    if refused:
        rows = "1 row, which was" if refused == 1 else f"{refused} rows, which were"
        out.print(
            f"[yellow]The import is done, but for {rows} refused[/] for the reasons above. Correct them and import the "
            "file again: what is there stays as it is.",
            soft_wrap=True,
        )
    else:
        noun = "remark" if len(problems) == 1 else "remarks"
        remarks = f"; {len(problems)} {noun}, above" if problems else ""
        out.print(f"[green]The import is done{remarks}.[/] It is safe to repeat.")
