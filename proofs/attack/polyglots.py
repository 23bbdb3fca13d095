"""B4: files that are a picture and something else, uploaded by staff whose account was taken: only pixels are kept."""

from __future__ import annotations

import io
import json
import struct
import uuid
import zipfile
import zlib
from functools import cache
from typing import Any

from PIL import Image, PngImagePlugin

from proofs.attack.people import boss_of
from proofs.products import variants
from proofs.shopper import Shopper
from proofs.store import ProofStore

TITLE = "Polyglots: of an uploaded file only its pixels are kept, and they are shown as a picture"
MARK = f"polyglot{uuid.uuid4().hex}"
SCRIPT = f"<script>alert('{MARK}')</script>".encode()
# What the API may answer: taken and drawn anew, or refused for what it is.
REFUSED = {413, 415, 422}
# More pixels than a catalog takes, in few bytes.
BOMB = (20_000, 20_000)


def drawn(kind: str, **options: Any) -> bytes:
    """A small picture of this kind."""
    found = io.BytesIO()
    Image.new("RGB", (48, 32), (42, 92, 77)).save(found, kind, **options)
    return found.getvalue()


def _archive() -> bytes:
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w") as archive:
        archive.writestr("index.html", SCRIPT)
    return found.getvalue()


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def _bomb() -> bytes:
    """A PNG of BOMB pixels, each of one bit, that unpacks to 50 MB, and to more with a byte a pixel."""
    width, height = BOMB
    packer = zlib.compressobj(9)
    rows = b"".join([*(packer.compress(bytes(1 + width // 8)) for _ in range(height)), packer.flush()])
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")


def _commented(jpeg: bytes, comment: str) -> bytes:
    """A JPEG with a comment in its first bytes, where programs look for what a file is."""
    content = comment.encode()
    return jpeg[:2] + b"\xff\xfe" + struct.pack(">H", len(content) + 2) + content + jpeg[2:]


def _no_pictures() -> dict[str, bytes]:
    """By what they are, under whatever type they are sent."""
    others = ("BMP", "TIFF", "ICO", "PCX", "PPM", "ICNS")
    return {
        "a web page": b"<!doctype html>" + SCRIPT,
        "a drawing with a script": f"<svg xmlns='http://www.w3.org/2000/svg' onload='{MARK}'/>".encode(),
        "a PDF": b"%PDF-1.7\n" + SCRIPT,
        "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n(" + MARK.encode() + b") run",
        "an archive": _archive(),
        "half a JPEG": drawn("JPEG")[:300],
        "a picture that unpacks to gigabytes": _bomb(),
        **{f"{kind}, which is not taken": drawn(kind) for kind in others},
    }


@cache
def files() -> dict[str, bytes]:
    """By what they are."""
    png, jpeg, gif, webp, avif = (drawn(kind) for kind in ("PNG", "JPEG", "GIF", "WEBP", "AVIF"))
    noted, told = PngImagePlugin.PngInfo(), Image.Exif()
    noted.add_text("Comment", MARK)
    noted.add_text("Packed", SCRIPT.decode(), zip=True)
    told[0x010E] = MARK
    xmp = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{MARK}</x:xmpmeta>".encode()
    return {
        **_no_pictures(),
        # The width becomes the beginning of a comment for a program that runs it.
        "GIF and script": gif[:6] + b"/*" + gif[8:] + f"*/=1;alert('{MARK}')//".encode(),
        "PNG and web page": png + SCRIPT,
        "PNG and web page in two bytes a letter": png + SCRIPT.decode().encode("utf-16-le"),
        "PNG with notes": drawn("PNG", pnginfo=noted),
        "PNG with a web page before its end": png[:-12] + _chunk(b"teXt", SCRIPT) + png[-12:],
        "JPEG and archive": jpeg + _archive(),
        "JPEG and program": _commented(jpeg, f"<?php {MARK}"),
        "JPEG and archive of programs": jpeg + f"__HALT_COMPILER(); ?>{MARK}".encode(),
        "JPEG and PDF": _commented(jpeg, f"%PDF-1.7 {MARK}"),
        "JPEG with notes of a camera": drawn("JPEG", exif=told, comment=MARK.encode()),
        "JPEG with a profile that is none": drawn("JPEG", icc_profile=MARK.encode() * 9),
        "WebP with notes": drawn("WEBP", xmp=xmp),
        "AVIF and web page": avif + SCRIPT,
        "AVIF with a box of its own": avif + struct.pack(">I", 8 + len(SCRIPT)) + b"free" + SCRIPT,
        "WebP that is longer than it says": webp + MARK.encode(),
    }


async def prove(store: ProofStore) -> list[str]:
    """Upload each under each type; returns those that were kept as they are, or broke something."""
    wrong, counted = list[str](), dict[str, int]()
    async with boss_of(store) as boss:
        slug = await store.value(
            "catalog",
            "select p.slug from products p join variants v on v.product_id = p.id where v.id = $1::uuid",
            (await variants(store))[0].id,
        )
        for what, content in files().items():
            status, body = await _uploaded(boss, slug, content, "image/png")
            counted[str(status)] = counted.get(str(status), 0) + 1
            if status == 201:
                wrong += [f"{what}: {each}" for each in await _kept(boss, body["picture"])]
                await boss.call("DELETE", f"/api/v1/admin/products/{slug}/pictures/{body['picture']['id']}")
            elif status not in REFUSED:
                wrong.append(f"{what} is answered {status}: {body}")
        wrong += await _types(boss, slug)
    print(f"  {len(files())} files, by what they were answered: {counted}", flush=True)
    return wrong if counted.get("201") else [*wrong, "no file was taken, so nothing was shown"]


async def _types(boss: Shopper, slug: str) -> list[str]:
    """A good picture under types that a browser would run."""
    wrong = []
    for kind in ("text/html", "image/svg+xml", "application/octet-stream", "image/png, text/html", ""):
        status, body = await _uploaded(boss, slug, drawn("PNG"), kind)
        if status not in REFUSED:
            wrong.append(f"a picture that is said to be {kind!r}: {status} {body}")
    return wrong


async def _uploaded(boss: Shopper, slug: str, content: bytes, kind: str) -> tuple[int, Any]:
    url = f"{boss.base}/api/v1/admin/pictures?product={slug}&alt=x"
    headers = {**boss.headers, "Content-Type": kind, "Idempotency-Key": uuid.uuid4().hex}
    async with boss.http.post(url, data=content, headers=headers) as answer:
        return answer.status, json.loads(await answer.read())


async def _kept(boss: Shopper, picture: dict[str, Any]) -> list[str]:
    """What is shown of it that is no picture."""
    wrong = []
    for size in picture["sizes"]:
        for accepted in ("*/*", "text/html"):
            async with boss.http.get(boss.base + size["url"], headers={"Accept": accepted}) as answer:
                content, headers = await answer.read(), answer.headers
            told = answer.status, headers["Content-Type"], headers.get("X-Content-Type-Options"), content[8:12]
            if told != (200, "image/webp", "nosniff", b"WEBP"):
                wrong.append(f"shown as {told}")
            if any(MARK.encode(code) in content for code in ("ascii", "utf-16-le")):
                wrong.append("what it was beside a picture is kept")
    return wrong
