"""The command `dev`: a service runs its code as it is saved, and its log is shown."""

from __future__ import annotations

import importlib.util
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from mercat import logs_command, services, show, sources
from mercat.refusal import Refusal
from mercat.restart_command import bring_up_to_date
from mercat.store import Store, locate

if TYPE_CHECKING:
    from rich.console import Console

_LOOK_EVERY = 0.2


def dev(store: Store, service: str | None, *, alive: Callable[[], bool]) -> None:
    """Until Ctrl-C or the store's end. Its code is looked after by the service's own process (see devserver); what
    that cannot change, its migrations, its service.yaml and the settings, is looked after here.

    Raises:
        Refusal: there is no such service, or what it takes is not installed.
    """
    known = [spec.name for spec in services.discover(store.root)]
    if service is not None and service not in known:
        raise Refusal(f"There is no service {service!r}. There are: {', '.join(known)}")
    if importlib.util.find_spec("uvicorn") is None:
        raise Refusal("This takes the packages for developers. Install them, in the project's folder: make dev")
    names = [service] if service else known
    out = show.console()
    ended = threading.Event()
    follow = {"raw": False, "alive": lambda: not ended.is_set()}
    log = threading.Thread(target=logs_command.follow, args=(store, service), kwargs=follow)
    # A closed terminal ends it as Ctrl-C does: the service must not stay in development.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        bring_up_to_date(store, out, only=names, dev=dict.fromkeys(names, True))
        out.print(f"[bold]{', '.join(names)}[/] and the chassis are watched. Ctrl-C ends that; the store goes on.")
        log.start()
        _watch(store, names, out, alive)
    except KeyboardInterrupt:
        out.print()
    finally:
        ended.set()
        if log.ident is not None:
            log.join()
        if alive():
            bring_up_to_date(locate_again(store), out, only=names, dev=dict.fromkeys(names, False))


def locate_again(store: Store) -> Store:
    """The store that runs, with the person's settings as they are now."""
    return locate(offset=store.offset, replicas=store.replicas)


def _watch(store: Store, names: list[str], out: Console, alive: Callable[[], bool]) -> None:
    paths = [store.root / ".env", store.root / "chassis" / "migrations"]
    for name in names:
        folder = store.root / "services" / name
        paths += [folder / "service.yaml", folder / "migrations"]
    seen = sources.look(paths)
    while alive():
        time.sleep(_LOOK_EVERY)
        now = sources.look(paths)
        saved = sources.differences(seen, now)
        seen = now
        if saved:
            _take_in(store, names, saved, out)


def _take_in(store: Store, names: list[str], saved: list[Path], out: Console) -> None:
    out.print(f"[cyan]↻[/] {', '.join(str(path.relative_to(store.root)) for path in saved[:3])}")
    try:
        bring_up_to_date(locate_again(store), out, only=names)
    except Refusal as refusal:
        out.print("[red]✗[/] ", end="")
        out.print(str(refusal), markup=False)
