"""The body of a fetched picture, bounded in what is sent and in what that unpacks to."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from catalog.pictures.failures import NotFetched, TemporaryFailure

if TYPE_CHECKING:
    import aiohttp

MAX_BYTES = 20_000_000
_CHUNK = 64 * 1024
# zlib's name for "a gzip or a zlib header, whichever it is".
_ANY_HEADER = 32 + zlib.MAX_WBITS


def too_large() -> NotFetched:
    """The refusal of a file that is too large."""
    return NotFetched("too-large", f"The file has more than {MAX_BYTES // 1_000_000} MB.")


async def read(answer: aiohttp.ClientResponse) -> bytes:
    """All of it, unpacked. A server may pack though it was asked not to.

    Raises:
        NotFetched: it is too large, before or after unpacking, or packed in a way that is not known here.
    """
    if answer.content_length is not None and answer.content_length > MAX_BYTES:
        raise too_large()
    unpack = _unpacker(answer.headers.get("Content-Encoding", ""))
    found = bytearray()
    taken = 0
    async for chunk in answer.content.iter_chunked(_CHUNK):
        taken += len(chunk)
        found += unpack(chunk, MAX_BYTES + 1 - len(found))
        if max(taken, len(found)) > MAX_BYTES:
            raise too_large()
    if not found:
        raise TemporaryFailure("empty", "The server sent an empty file.")
    return bytes(found)


def _unpacker(coding: str) -> Callable[[bytes, int], bytes]:
    """Unpacks the pieces of a body, each to at most so many bytes."""
    name = coding.strip().lower()
    if name in {"", "identity"}:
        return lambda chunk, _most: chunk
    if name not in {"gzip", "x-gzip", "deflate"}:
        raise NotFetched("unknown-encoding", f"The server packs it as {name[:40]!r}, which is not understood here.")
    inflater = zlib.decompressobj(_ANY_HEADER)

    def unpack(chunk: bytes, most: int) -> bytes:
        try:
            return inflater.decompress(chunk, most)
        except zlib.error:
            raise NotFetched("unreadable", "What the server packed cannot be unpacked.") from None

    return unpack
