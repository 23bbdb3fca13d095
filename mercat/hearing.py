"""The supervisor's end of the control socket."""

from __future__ import annotations

import asyncio
import os
import traceback
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import msgspec

from mercat.channel import LONGEST, Answer, Apply, socket_of
from mercat.refusal import Refusal

__all__ = ["Apply", "hear", "socket_of"]

Handle = Callable[[Apply, Callable[[str], None]], Awaitable[list[str]]]
# For the wish itself, in seconds: who opens the socket and says nothing is let go.
_PATIENCE = 10.0


async def hear(path: Path, handle: Handle) -> None:
    """Answer commands until cancelled. What one of them started goes on when it hangs up."""
    _clear(path)  # of an earlier supervisor: we hold the store's lock
    under_way: set[asyncio.Task[None]] = set()

    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(_converse(reader, writer, handle))
        under_way.add(task)
        task.add_done_callback(under_way.discard)

    server = await asyncio.start_unix_server(client, path, limit=LONGEST)
    os.chmod(path, 0o600)  # noqa: PTH101 -- an instant
    try:
        async with server:
            await server.serve_forever()
    finally:
        for task in list(under_way):
            task.cancel()
        _clear(path)


def _clear(path: Path) -> None:
    path.unlink(missing_ok=True)


async def _converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, handle: Handle) -> None:
    def send(answer: Answer) -> None:
        if not writer.is_closing():
            writer.write(msgspec.json.encode(answer) + b"\n")

    try:
        wish = await _wish(reader)
        changed = await handle(wish, lambda text: send(Answer("said", text)))
        send(Answer("done", changed=changed))
    except Refusal as refusal:
        send(Answer("refused", str(refusal)))
    except Exception:  # noqa: BLE001 -- the command's to show, and no end of the supervisor
        send(Answer("refused", f"The supervisor failed at this:\n\n{traceback.format_exc()}"))
    finally:
        with suppress(OSError):
            await writer.drain()
        writer.close()


async def _wish(reader: asyncio.StreamReader) -> Apply:
    try:
        async with asyncio.timeout(_PATIENCE):
            return msgspec.json.decode(await reader.readline(), type=Apply)
    except (msgspec.MsgspecError, ValueError, TimeoutError, OSError) as wrong:
        raise Refusal(f"This cannot be understood: {wrong}") from None
