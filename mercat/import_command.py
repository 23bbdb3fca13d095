"""The command `import FILE`: a Shopify product export into the catalog, with every refused row and its reason."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mercat import pictures_command, show, words
from mercat.loading import Event, load
from mercat.refusal import Refusal
from mercat.store import Store

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console

# More problems than this are counted, and listed in a file.
_SHOWN = 50
# Counts that are said even when they are 0.
_ALWAYS = {"created", "updated", "unchanged", "refused_rows"}


def import_file(store: Store, file: Path, options: Mapping[str, str | None]) -> int:
    """Load the file with these options of the loader (None: not given), and say what came of it. How many rows were
    refused.

    Raises:
        Refusal: the file cannot be read, or the catalog refused it as a whole.
    """
    if not file.is_file():
        raise Refusal(f"There is no file {file}.")
    out = show.console()
    problems: list[Event] = []
    missing: list[Event] = []
    summary: Event = {}
    pictures: Event = {}
    with out.status(f"Reading {file.name}") as waiting:
        for event in load(store, "--shopify", str(file.resolve()), *_arguments(options)):
            if event["event"] == "progress":
                waiting.update(f"Loading {file.name}: {_progress(event)}")
            elif event["event"] == "problem":
                _remark(out, event, missing if "cause" in event else problems)
            elif event["event"] == "pictures":
                pictures = event
                waiting.update(pictures_command.progress(event))
            elif event["event"] == "done":
                summary = event
    _conclude(store, out, summary, problems)
    if pictures:
        _conclude_pictures(out, pictures, missing)
    return int(summary.get("refused_rows", 0))


def _arguments(options: Mapping[str, str | None]) -> list[str]:
    """Currencies are capitals, whatever was typed."""
    upper = {"currency", "remove-prices"}
    given = {name: value for name, value in options.items() if value}
    return [f"--{name}={value.upper() if name in upper else value.lower()}" for name, value in given.items()]


def _progress(event: Event) -> str:
    done, total = event.get("done"), event.get("total")
    return f"{done} of {total} products" if total else f"{done} products"


def problem(event: Event) -> str:
    """One refused row in a line: where, what, why."""
    where = [f"row {event['row']}"] if event.get("row") else []
    where += [str(event[name]) for name in ("handle", "column") if event.get(name)]
    reason = event.get("reason") or event.get("message") or ""
    return f"{', '.join(where)}: {reason}" if where else str(reason)


def _print(out: Console, event: Event) -> None:
    sign = "[red]✗[/]" if event.get("severity") == "refused" else "[yellow]![/]"
    out.print(sign, end=" ")
    out.print(problem(event), markup=False, soft_wrap=True)


def _remark(out: Console, event: Event, among: list[Event]) -> None:
    """Pictures, which have a cause, are told of at the end, together."""
    among.append(event)
    if "cause" not in event and len(among) <= _SHOWN:
        _print(out, event)


def _conclude_pictures(out: Console, last: Event, missing: list[Event]) -> None:
    pictures_command.print_causes(out, missing)
    out.print(pictures_command.conclusion(last), soft_wrap=True)
    if missing:
        out.print(f"Which, of the whole shop: {words.command('pictures')}", soft_wrap=True)


def _conclude(store: Store, out: Console, summary: Event, problems: list[Event]) -> None:
    if len(problems) > _SHOWN:
        report = store.logs / "import-problems.txt"
        report.write_text("\n".join(map(problem, problems)) + "\n", encoding="utf-8")
        out.print(f"[yellow]![/] and {len(problems) - _SHOWN} more: all of them are in {report}", soft_wrap=True)
    for name, value in summary.items():
        if name != "event" and isinstance(value, int | str) and (value or name in _ALWAYS):
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
