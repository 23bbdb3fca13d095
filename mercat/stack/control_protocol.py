"""The messages between a command and the supervisor: JSON, one message a line, over a Unix socket.

A command sends one `ApplyRequest`. The supervisor answers with any number of progress events and one final event.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from mercat.installation import Installation

# The longest line in bytes: a whole environment fits.
MAX_LINE_BYTES = 4_000_000


class ApplyRequest(msgspec.Struct, forbid_unknown_fields=True):
    """Asks the supervisor to apply the current settings and code to the processes that run.

    `user_settings` and `dotenv_names` are those of the `Installation`. `only` names services or processes; empty means
    all. `force` restarts them even if nothing changed. `dev` switches the reload of code on or off, by service.
    """

    user_settings: dict[str, str]
    only: list[str] = []
    force: bool = False
    dev: dict[str, bool] = {}
    dotenv_names: list[str] = []


class ControlEvent(msgspec.Struct):
    """One answer: any number of "progress", then "done" with the changed processes or "refused" with the reason."""

    kind: Literal["progress", "done", "refused"]
    text: str = ""
    changed: list[str] = []


def socket_path(installation: Installation) -> Path:
    """The supervisor's socket: a short path, in a folder that only its owner can enter."""
    return installation.sockets / "control.sock"
