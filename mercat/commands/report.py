"""The command `report`: a page about a week, from Prometheus and from the catalog's counts of searches."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from pathlib import Path

from mercat.commands import render
from mercat.config.services import discover
from mercat.data.catalog_loader import load
from mercat.installation import CommandError, Installation, command_line
from reporting.asking import Away, NoFigures, Window, asked
from reporting.figures import Figures, read
from reporting.findings import Term
from reporting.page import page
from reporting.promises import promised

# A setting of the user: the address of another Prometheus than the store's own.
ADDRESS = "PROMETHEUS_URL"


def report(installation: Installation, window: Window) -> str:
    """The page, as Markdown.

    Raises:
        CommandError: Prometheus does not answer, or has no figures of that time.
    """
    with render.console(stderr=True).status("Asking Prometheus"):
        figures = _figures(installation, window)
    try:
        terms, why = _terms(installation, window), ""
    except CommandError as error:
        terms, why = [], " ".join(str(error).split())
    return page(figures, terms, why)


def window(hours: int, first: datetime | None, last: datetime | None) -> Window:
    """The hours that end at `last` or now; from `first`, where that is given.

    Raises:
        CommandError: it ends before it begins.
    """
    end = time.time() if last is None else last.replace(tzinfo=UTC).timestamp()
    begin = end - hours * 3600 if first is None else first.replace(tzinfo=UTC).timestamp()
    if end - begin < 60:
        raise CommandError("The time must be a minute or longer, and --from before --to. Nothing was written.")
    return Window(end, round(end - begin))


def write(text: str, file: Path) -> None:
    """Write the page.

    Raises:
        CommandError: it cannot be written.
    """
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{file} cannot be written: {error.strerror}.") from None


def _figures(installation: Installation, window: Window) -> Figures:
    address = installation.user_settings.get(ADDRESS, "")
    if not address and not installation.observed_marker.exists():
        start = command_line.mercat_command("up --observe")
        raise CommandError(
            f"There is nothing to report from: this store is not observed. To begin: {start}. "
            f"To ask another Prometheus, set {ADDRESS} to its address."
        )
    promises = promised(discover(installation.root))
    try:
        return asyncio.run(asked(address or installation.url("prometheus"), window, lambda it: read(it, promises)))
    except Away as error:
        status = command_line.mercat_command("status")
        raise CommandError(
            f"{error} It was asked at the address of {ADDRESS}, or of this store. What runs: {status}"
        ) from None
    except NoFigures as error:
        raise CommandError(str(error)) from None


def _terms(installation: Installation, window: Window) -> list[Term]:
    days = (datetime.fromtimestamp(at, UTC).date().isoformat() for at in (window.end - window.seconds, window.end))
    events = load(installation, "--searches", *days)
    return [Term(event["term"], event["searches"]) for event in events if event["event"] == "search"]
