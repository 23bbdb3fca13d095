"""Storage of images as objects, in a folder or in a bucket (MEDIA_URL).

A fetched picture is `<digest>/<width>.webp`, one object a size, and its digest is of all of them; an image of the demo
shop is `<digest>`, of its bytes. The content under a name never changes.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from chassis.problems import Unavailable

if TYPE_CHECKING:
    from obstore.store import ObjectStore

MAX_BYTES = 10_000_000
SVG = "image/svg+xml"
WEBP = "image/webp"
# Shown while an image is not fetched yet.
PLACEHOLDER = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" role="img" aria-label="No picture yet">'
    b'<rect width="400" height="400" fill="#ece9e4"/>'
    b'<path d="M110 270l65-85 45 55 30-35 45 65z" fill="#cfc9bf"/><circle cx="255" cy="150" r="22" fill="#cfc9bf"/>'
    b"</svg>"
)
_DERIVED = re.compile(r"([0-9a-f]{64})/[0-9]{1,5}\.webp")
_LIST_CHUNK = 500


class NotAnImage(ValueError):
    """It is not an SVG, PNG, JPEG or WebP file of at most MAX_BYTES."""


@dataclass(frozen=True, slots=True)
class MediaObject:
    """An object of a fetched picture: one of its sizes."""

    key: str
    digest: str
    modified: datetime


def media_url(url: str, folder: Path) -> str:
    """The URL of the storage: `url`, or the folder's if it is empty."""
    return url or folder.absolute().as_uri()


class MediaObjects:
    """Bytes by their digest, in a folder (file:///...), which is made at the first `put`, or a bucket (s3://...).

    Of a bucket, credentials, region and endpoint are where AWS's own clients look: AWS_* in the environment, or the
    identity of the pod. The library is loaded at the first use.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._store: ObjectStore | None = None

    async def put(self, content: bytes) -> str:
        """Store the bytes; their digest.

        Raises:
            Unavailable: the storage does not answer.
        """
        digest = hashlib.sha256(content).hexdigest()
        await self._put(digest, content)
        return digest

    async def put_sizes(self, sizes: Sequence[tuple[int, bytes]], salt: bytes = b"") -> str:
        """Store a picture in its sizes, by width; the digest of all. `salt` makes another digest.

        Raises:
            Unavailable: as `put`.
        """
        digest = hashlib.sha256(salt + b"".join(hashlib.sha256(content).digest() for _, content in sizes)).hexdigest()
        for width, content in sizes:
            await self._put(f"{digest}/{width}.webp", content)
        return digest

    async def get(self, digest: str, width: int | None = None) -> bytes | None:
        """The bytes; None: not stored. `width`: of a fetched picture, one of its stored widths.

        Raises:
            Unavailable: the storage does not answer.
        """
        key = digest if width is None else f"{digest}/{width}.webp"
        with _available(), suppress(FileNotFoundError):
            found = await self._opened().get_async(key)
            return bytes(await found.bytes_async())
        return None

    async def derived(self, *, after: str, most: int) -> AsyncIterator[list[MediaObject]]:
        """Objects of fetched pictures in parts, by name, those after `after`; about `most` of them."""
        stream = self._opened().list_async(offset=after, chunk_size=_LIST_CHUNK)
        seen = 0
        async for chunk in stream:
            found = [(meta["path"], _DERIVED.fullmatch(meta["path"]), meta["last_modified"]) for meta in chunk]
            yield [MediaObject(path, match[1], modified) for path, match, modified in found if match]
            seen += len(chunk)
            if seen >= most:
                return

    async def keys(self) -> set[str]:
        """The names of all objects.

        Raises:
            Unavailable: as `put`.
        """
        with _available():
            return {meta["path"] async for chunk in self._opened().list_async() for meta in chunk}

    async def delete(self, keys: Sequence[str]) -> None:
        """Delete the objects; one that does not exist is no error.

        Raises:
            Unavailable: as `put`.
        """
        for key in keys:
            with _available(), suppress(FileNotFoundError):
                await self._opened().delete_async(key)

    async def _put(self, key: str, content: bytes) -> None:
        with _available():
            await self._opened().put_async(key, content)
            if (folder := self._folder) is not None:
                await asyncio.to_thread(_to_disk, folder / key)

    @property
    def _folder(self) -> Path | None:
        from urllib.request import url2pathname

        parts = urlsplit(self._url)
        return Path(url2pathname(parts.path)) if parts.scheme == "file" else None

    def _opened(self) -> ObjectStore:
        if self._store is None:
            from obstore.store import LocalStore, S3Store

            if (folder := self._folder) is not None:
                self._store = LocalStore(folder, mkdir=True)
            else:
                self._store = S3Store.from_url(
                    self._url,
                    client_options={
                        "connect_timeout": timedelta(seconds=2),
                        "timeout": timedelta(seconds=20),
                        # Where AWS_ENDPOINT_URL says so; AWS itself is asked by https.
                        "allow_http": True,
                    },
                    retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=20)},
                )
        return self._store


@contextmanager
def _available() -> Iterator[None]:
    """Raises Unavailable in place of an error of the storage."""
    from obstore.exceptions import BaseError

    try:
        yield
    except (BaseError, OSError) as error:
        message = f"The storage of images does not answer ({type(error).__name__}). Try again in a moment."
        raise Unavailable(message) from error


def _to_disk(path: Path) -> None:
    """Flush to the disk: an object must not be empty after a power failure, as its name is its digest."""
    for each in (path, path.parent):
        handle = os.open(each, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def content_type(content: bytes) -> str:
    """What kind of image of our own it is, by its first bytes: names and headers lie.

    Raises:
        NotAnImage: none that is shown here.
    """
    if len(content) > MAX_BYTES:
        raise NotAnImage(f"It has more than {MAX_BYTES // 1_000_000} MB.")
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return WEBP
    head = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1000]
    if head.startswith((b"<svg", b"<?xml", b"<!--")) and b"<svg" in head:
        return SVG
    raise NotAnImage("It is not an SVG, PNG, JPEG or WebP image.")
