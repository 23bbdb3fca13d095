"""The server of the control socket, in the supervisor."""

from __future__ import annotations

import asyncio
import os
import traceback
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import msgspec

from mercat.installation import CommandError
from mercat.stack.control_protocol import MAX_LINE_BYTES, ApplyRequest, ControlEvent

# Gets a request and a function that sends a line of progress; returns the names of the changed processes.
Handler = Callable[[ApplyRequest, Callable[[str], None]], Awaitable[list[str]]]
# Seconds within which a client must have sent its request.
_REQUEST_TIMEOUT = 10.0


async def serve(path: Path, handler: Handler) -> None:
    """Answer requests until cancelled. A request that was begun goes on if its client disconnects."""
    _remove(path)  # left by an earlier supervisor: this one holds the lock
    connections: set[asyncio.Task[None]] = set()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(_handle_connection(reader, writer, handler))
        connections.add(task)
        task.add_done_callback(connections.discard)

    server = await asyncio.start_unix_server(accept, path, limit=MAX_LINE_BYTES)
    os.chmod(path, 0o600)  # noqa: PTH101 -- a short call, and no other coroutine has work yet
    try:
        async with server:
            await server.serve_forever()
    finally:
        for task in list(connections):
            task.cancel()
        _remove(path)


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)


async def _handle_connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, handler: Handler) -> None:
    def send(event: ControlEvent) -> None:
        if not writer.is_closing():
            writer.write(msgspec.json.encode(event) + b"\n")

    try:
        request = await _read_request(reader)
        changed = await handler(request, lambda text: send(ControlEvent("progress", text)))
        send(ControlEvent("done", changed=changed))
    except CommandError as error:
        send(ControlEvent("refused", str(error)))
    except Exception:  # noqa: BLE001 -- the command shows it, and the supervisor goes on
        send(ControlEvent("refused", f"The supervisor failed at this:\n\n{traceback.format_exc()}"))
    finally:
        with suppress(OSError):
            await writer.drain()
        writer.close()


async def _read_request(reader: asyncio.StreamReader) -> ApplyRequest:
    try:
        async with asyncio.timeout(_REQUEST_TIMEOUT):
            return msgspec.json.decode(await reader.readline(), type=ApplyRequest)
    except (msgspec.MsgspecError, ValueError, TimeoutError, OSError) as error:
        raise CommandError(f"This cannot be understood: {error}") from None
