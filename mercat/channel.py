"""What a command and the supervisor say to each other: JSON, a line each, over a socket that only its owner can open.

A command sends one wish; the supervisor answers with what happens, and at last that it is done, or why not.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from mercat import words
from mercat.refusal import Refusal
from mercat.store import Store

# Of one line, in bytes: a whole environment fits.
LONGEST = 4_000_000
# The longest silence while something is restarted, in seconds.
_PATIENCE = 180.0


class Apply(msgspec.Struct, forbid_unknown_fields=True):
    """Bring the store to what the person's settings and the code say now. `person`: the settings, `dotenv`: as a
    Store's. `only`: services or processes, empty for all. `force`: start them again also where nothing changed. `dev`:
    which services are to look after their code themselves from now on, or no longer.
    """

    person: dict[str, str]
    only: list[str] = []
    force: bool = False
    dev: dict[str, bool] = {}
    dotenv: list[str] = []


class Answer(msgspec.Struct):
    """`word` "said" comes often, and then "done" (with what was changed) or "refused" once."""

    word: Literal["said", "done", "refused"]
    text: str = ""
    changed: list[str] = []


def socket_of(store: Store) -> Path:
    """Where the supervisor listens: a short path in a folder closed to others."""
    return store.sockets / "control.sock"


def ask(store: Store, wish: Apply) -> Iterator[Answer]:
    """What the supervisor says, to its last word, "done".

    Raises:
        Refusal: it would not, or does not answer.
    """
    try:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(_PATIENCE)
            line.connect(str(socket_of(store)))
            line.sendall(msgspec.json.encode(wish) + b"\n")
            with line.makefile("rb") as answers:
                for text in answers:
                    answer = msgspec.json.decode(text, type=Answer)
                    if answer.word == "refused":
                        raise Refusal(answer.text)
                    yield answer
                    if answer.word == "done":
                        return
    except (OSError, msgspec.MsgspecError) as error:
        raise Refusal(_no_answer(error)) from None
    raise Refusal(_no_answer("it ended"))


def _no_answer(why: object) -> str:
    return (
        f"The supervisor of the store that runs does not answer ({why}). It may be of an older version: "
        f"{words.typed('down')}, then {words.typed('up')}"
    )
