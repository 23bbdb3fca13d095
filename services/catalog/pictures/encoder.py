"""Re-encodes pictures in a separate process (catalog/pictures/reencode.py), one at a time."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from catalog.pictures.failures import NotFetched

_PROGRAM = Path(__file__).with_name("reencode.py")
# Above what it may use of the processor (20 s), since others use that too.
TIMEOUT_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Size:
    """A WebP file of a picture, and its size in pixels."""

    width: int
    height: int
    content: bytes


class _Answer(msgspec.Struct, frozen=True):
    sizes: list[tuple[int, int, int]] = []
    code: str = ""
    reason: str = ""


class Encoder:
    """Re-encodes pictures, one process at a time, which bounds the memory."""

    def __init__(self, program: Path = _PROGRAM) -> None:
        self._program = program
        self._turn = asyncio.Lock()

    async def sizes(self, content: bytes, *, nothing_else: bool = False) -> Sequence[Size]:
        """The sizes of the picture as WebP, the smallest first. `nothing_else`: no file of another kind as well.

        Raises:
            NotFetched: it is not a picture in a known format, or damaged.
        """
        async with self._turn:
            said = await self._run(content, ["--nothing-else"] if nothing_else else [])
        head, _, files = said.partition(b"\n")
        try:
            answer = msgspec.json.decode(head, type=_Answer)
        except msgspec.MsgspecError:
            # The process exceeded a limit, or a decoder crashed.
            raise NotFetched("unreadable", "The file is damaged, or takes too much to unpack.") from None
        if answer.code:
            raise NotFetched(answer.code, answer.reason)
        return _cut(answer, files)

    async def _run(self, content: bytes, options: list[str]) -> bytes:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", str(self._program), *options),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={},
        )
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                said, _ = await process.communicate(content)
        except TimeoutError:
            raise NotFetched("unreadable", "The file takes too long to unpack.") from None
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        return said


def _cut(answer: _Answer, files: bytes) -> list[Size]:
    found, at = [], 0
    for width, height, length in answer.sizes:
        found.append(Size(width, height, files[at : at + length]))
        at += length
    if not found or at != len(files):
        raise NotFetched("unreadable", "The file takes too much to unpack.")
    return found
