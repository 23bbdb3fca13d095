from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from catalog.media import MAX_BYTES, PLACEHOLDER, MediaObjects, NotAnImage, content_type


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n...", "image/png"),
        (b"\xff\xd8\xff\xe0...", "image/jpeg"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (PLACEHOLDER, "image/svg+xml"),
        (b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- by hand --><svg/>', "image/svg+xml"),
    ],
)
def test_an_image_is_known_by_its_first_bytes(content: bytes, kind: str):
    assert content_type(content) == kind


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a",
        b"<html><svg></svg></html>",
        b"<?xml?><html/>",
        b"RIFF....WAVE",
        b"\xff\xd8\xff" + b"x" * MAX_BYTES,
    ],
)
def test_what_is_no_image_is_refused(content: bytes):
    with pytest.raises(NotAnImage):
        content_type(content)


async def test_a_folder_keeps_content_by_its_digest(tmp_path: Path):
    folder = MediaObjects((tmp_path / "deep" / "media").as_uri())
    digest = await folder.put(b"content")
    assert digest == hashlib.sha256(b"content").hexdigest()
    assert await folder.put(b"content") == digest
    assert await folder.get(digest) == b"content"
    assert await folder.get("0" * 64) is None
    assert [path.name for path in (tmp_path / "deep" / "media").iterdir()] == [digest]
