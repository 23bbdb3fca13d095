"""Where images lie: in a folder, named by the SHA-256 of their content. Object storage will be another MediaStore."""

from __future__ import annotations

import asyncio
import hashlib
import os
import tempfile
from pathlib import Path
from typing import Protocol

MAX_BYTES = 10_000_000

SVG = "image/svg+xml"
# Shown in the place of an image that is known by its address alone.
PLACEHOLDER = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" role="img" aria-label="No picture yet">'
    b'<rect width="400" height="400" fill="#ece9e4"/>'
    b'<path d="M110 270l65-85 45 55 30-35 45 65z" fill="#cfc9bf"/><circle cx="255" cy="150" r="22" fill="#cfc9bf"/>'
    b"</svg>"
)


class NotAnImage(ValueError):
    """It is not an SVG, PNG, JPEG or WebP file of at most MAX_BYTES."""


class MediaStore(Protocol):
    """Bytes by their digest."""

    async def put(self, content: bytes) -> str:
        """Keep them; their digest."""
        ...

    async def get(self, digest: str) -> bytes | None:
        """None: they are not here."""
        ...


class MediaFolder:
    """A MediaStore in a folder, which is made at the first `put`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(self, content: bytes) -> str:
        digest = hashlib.sha256(content).hexdigest()
        await asyncio.to_thread(self._write, digest, content)
        return digest

    async def get(self, digest: str) -> bytes | None:
        return await asyncio.to_thread(self._read, digest)

    def _write(self, digest: str, content: bytes) -> None:
        """Whole or not at all, and for good: it is renamed into its place once it is on the disk."""
        path = self._folder / digest
        if path.exists():
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self._folder, prefix=".", delete=False) as draft:
            draft.write(content)
            draft.flush()
            os.fsync(draft.fileno())
        Path(draft.name).replace(path)

    def _read(self, digest: str) -> bytes | None:
        try:
            return (self._folder / digest).read_bytes()
        except FileNotFoundError:
            return None


def content_type(content: bytes) -> str:
    """What kind of image it is, by its first bytes: names and headers lie.

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
        return "image/webp"
    head = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1000]
    if head.startswith((b"<svg", b"<?xml", b"<!--")) and b"<svg" in head:
        return SVG
    raise NotAnImage("It is not an SVG, PNG, JPEG or WebP image.")
