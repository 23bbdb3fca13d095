"""Draws documents in a separate process (draw.py), one at a time, so that no request waits for the processor here."""

from __future__ import annotations

import asyncio
import sys
import time
from contextlib import suppress
from pathlib import Path

import msgspec

from chassis import telemetry
from chassis.problems import Unavailable
from orders.documents import metrics
from orders.documents.domain.page import Page

_PROGRAM = Path(__file__).with_name("draw.py")
# Above what it may use of the processor (10 s), since others use that too.
TIMEOUT_SECONDS = 30.0
# Who waits for their turn, and for how long.
MOST_WAITING = 8
# Shoppers leave places free: who asks for an invoice again and again keeps nobody from packing.
MOST_WAITING_BEFORE_SHOPPERS = 4

_log = telemetry.logger(__name__)


class Printer:
    """Draws one document at a time, which bounds the memory and the processor that all of them take."""

    def __init__(self, program: Path = _PROGRAM, seconds: float = TIMEOUT_SECONDS) -> None:
        self._program, self._seconds = program, seconds
        self._turn, self._waiting = asyncio.Lock(), 0

    async def pdf(self, kind: str, page: Page, *, shopper: bool = False) -> bytes:
        """The document as a PDF: of the same texts the same bytes. `shopper`: who asks for it is none of the staff.

        Raises:
            Unavailable: too many wait, or it could not be drawn.
        """
        if self._waiting >= (MOST_WAITING_BEFORE_SHOPPERS if shopper else MOST_WAITING):
            metrics.printed.inc(kind, "busy")
            raise Unavailable("Too many documents are being drawn. Ask again in a moment.")
        began = time.perf_counter()
        self._waiting += 1
        try:
            async with self._turn:
                drawn = await self._run(msgspec.json.encode(page))
        finally:
            self._waiting -= 1
        metrics.seconds.observe(time.perf_counter() - began)
        metrics.printed.inc(kind, "printed" if drawn else "failed")
        if not drawn:
            raise Unavailable("The document could not be drawn. It is kept, and its data can be read.")
        return drawn

    async def _run(self, page: bytes) -> bytes:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", str(self._program)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={},
        )
        said = b""
        try:
            async with asyncio.timeout(self._seconds):
                drawn, said = await process.communicate(page)
        except TimeoutError:
            drawn = b""
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        if process.returncode != 0 or not drawn.startswith(b"%PDF"):
            # Its last line names the error, and no text of the document.
            _log.error("document.not_drawn", reason=said.decode("utf-8", "replace").strip().rpartition("\n")[2][:200])
            return b""
        return drawn
