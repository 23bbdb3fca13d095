"""How the commands talk: a heading a layer, what runs and for how long, questions that need a person."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from deploy.refusal import NOT_CONFIRMED, Refusal

_EVERY = 60  # a pipeline hears of a long creation once a minute; Terraform tells each ten seconds
_WIDE = 120


class Terminal:
    """One command's voice."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False)
        if not self.console.is_terminal:
            # In a log there is no edge of a window to keep to.
            self.console.width = max(self.console.width, _WIDE)

    def heading(self, number: int, of: int, name: str) -> None:
        """The title of step `number` of `of`."""
        self.console.print(f"\n[bold]\\[{number}/{of}] {name}[/]")

    def say(self, text: str = "", style: str = "") -> None:
        """Text as it is, brackets and all."""
        self.console.print(escape(text), style=style or None, soft_wrap=True)

    def show(self, *renderables: Any) -> None:
        """Print tables and panels of rich."""
        for renderable in renderables:
            self.console.print(renderable)

    @contextlib.contextmanager
    def working(self, what: str) -> Iterator[None]:
        """Shows that something runs, and how long it took. A failure is told by whoever catches it."""
        began = time.monotonic()
        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        with Progress(*columns, console=self.console, transient=True, disable=not self.console.is_terminal) as progress:
            progress.add_task(what, total=None)
            yield
        self.say(f"  {what}: {time.monotonic() - began:.1f} s", "dim")

    def heard(self, event: dict[str, Any]) -> None:
        """One event of an apply."""
        hook = event.get("hook") or {}
        address = (hook.get("resource") or {}).get("addr", "")
        seconds = int(hook.get("elapsed_seconds") or 0)
        kind = event.get("type")
        if kind == "apply_complete" and hook.get("action") != "read":
            self.say(f"  ✓ {address}: {hook.get('action')} after {seconds} s", "green")
        elif kind == "apply_errored":
            self.say(f"  ✗ {address}: failed after {seconds} s", "red")
        elif kind == "apply_progress" and seconds >= _EVERY and seconds % _EVERY < 10:
            self.say(f"  … {address}: {seconds} s", "dim")

    def confirm(self, question: str, otherwise: str) -> None:
        """Goes on when a person says yes.

        Raises:
            Refusal: when they do not, or nobody is there; `otherwise` tells what a pipeline passes instead.
        """
        self.console.print(f"[bold]{escape(question)}[/] \\[y/N] ", end="")
        sys.stdout.flush()
        answer = sys.stdin.readline()
        if not answer:
            self.say()
            raise Refusal(f"There is nobody to ask: {otherwise}.", NOT_CONFIRMED)
        if answer.strip().lower() not in {"y", "yes"}:
            raise Refusal("Not confirmed: nothing more was changed.", NOT_CONFIRMED)
