"""The client of the control socket: a command sends a request to the supervisor and reads its answers."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import msgspec

from mercat.installation import CommandError, Installation, command_line
from mercat.stack.control_protocol import ApplyRequest, ControlEvent, socket_path

# Seconds without an answer; a process may take this long to start again.
_READ_TIMEOUT = 180.0


def request_apply(installation: Installation, request: ApplyRequest) -> Iterator[ControlEvent]:
    """Send the request and yield the supervisor's answers; the last is "done".

    Raises:
        CommandError: the supervisor refused, or does not answer.
    """
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(_READ_TIMEOUT)
            connection.connect(str(socket_path(installation)))
            connection.sendall(msgspec.json.encode(request) + b"\n")
            with connection.makefile("rb") as lines:
                for line in lines:
                    event = msgspec.json.decode(line, type=ControlEvent)
                    if event.kind == "refused":
                        raise CommandError(event.text)
                    yield event
                    if event.kind == "done":
                        return
    except (OSError, msgspec.MsgspecError) as error:
        raise CommandError(_no_answer(error)) from None
    raise CommandError(_no_answer("it ended"))


def _no_answer(why: object) -> str:
    return (
        f"The supervisor of the store that runs does not answer ({why}). It may be of an older version: "
        f"{command_line.typed_command('down')}, then {command_line.typed_command('up')}"
    )
