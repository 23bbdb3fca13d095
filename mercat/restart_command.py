"""The command `restart`, and what `up` does with a store that runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mercat import channel, show
from mercat.refusal import Refusal
from mercat.store import Store

if TYPE_CHECKING:
    from rich.console import Console


def bring_up_to_date(
    store: Store,
    out: Console,
    *,
    only: list[str] | None = None,
    force: bool = False,
    dev: dict[str, bool] | None = None,
) -> list[str]:
    """Have the supervisor take in what has changed, and print what it says; the names of what it touched.

    Raises:
        Refusal: it would not, or something did not start.
    """
    wish = channel.Apply(dict(store.person), only or [], force, dev or {}, list(store.dotenv))
    changed: list[str] = []
    for answer in channel.ask(store, wish):
        if answer.word == "said":
            out.print("[cyan]↻[/] ", end="")
            out.print(answer.text, markup=False)
        changed = answer.changed
    return changed


def restart(store: Store, service: str | None) -> None:
    """Start a service's processes again, one after the other, or those of all services.

    Raises:
        Refusal: there is no such service, or it did not start; what it said.
    """
    out = show.console()
    changed = bring_up_to_date(store, out, only=[service] if service else None, force=True)
    if not changed:
        raise Refusal("Nothing was started again; why is told above.")
    out.print(f"[green]Restarted: {', '.join(changed)}.[/]")
