"""Re-encodes a picture in several sizes: the fetched bytes on stdin, the WebP files on stdout.

It runs as a process of its own, isolated (python -I) and with nothing of the service's settings, because decoders are
where hostile files do harm: its memory and processor time are limited, and it ends after one picture. It imports
nothing of this service. Its answer is a line of JSON, {"sizes": [[width, height, bytes], ...]} from the
smallest to the largest, followed by that many WebP files; or {"code", "reason"}.
"""

from __future__ import annotations

import io
import json
import sys
import warnings
from typing import Any

from PIL import Image, ImageCms

# Photographs of 25 megapixels are what a shop's exports may hold. Decoded with transparency it takes 100 MB, twice.
MAX_PIXELS = 25_000_000
WIDTHS = (320, 640, 1280, 2000)
MAX_HEIGHT = 4_000
# More effort than 2 costs twice the time for a twentieth of the size.
QUALITY, EFFORT = 80, 2
MEMORY_BYTES, CPU_SECONDS = 1 << 30, 20
# What else a file may be beside a picture, for programs that look at other places of it. A PDF begins in the first
# kilobyte, an archive's directory is at its end. Letters are compared without case.
_ELSEWHERE = {b"<script": "a web page", b"<html": "a web page", b"<!doctype": "a web page", b"<?php": "a program"}
_PDF, _ARCHIVE = b"%pdf-", b"pk\x05\x06\0\0\0\0"
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class Unfit(Exception):
    """It is not a picture in a known format, or damaged: a code and a sentence."""


def derive(content: bytes, *, nothing_else: bool = False) -> list[tuple[int, int, bytes]]:
    """Width, height and WebP of each size, the smallest first. Never larger than the picture is.

    Raises:
        Unfit: it is none of the formats, damaged, or has too many pixels; with `nothing_else`, also a file of another
            kind as well.
    """
    if nothing_else:
        _known_kind(content)
        _one_kind(content)
    largest = _upright_srgb(content)
    sizes = []
    for width in [width for width in WIDTHS if width < largest.width] + [largest.width]:
        height = max(round(largest.height * width / largest.width), 1)
        small = largest if width == largest.width else largest.resize((width, height), Image.Resampling.LANCZOS)
        drawn = io.BytesIO()
        small.save(drawn, "WEBP", quality=QUALITY, method=EFFORT)
        sizes.append((width, height, drawn.getvalue()))
    return sizes


def _upright_srgb(content: bytes) -> Image.Image:
    """The picture at its largest size, with nothing but pixels: RGB or RGBA."""
    try:
        image = _opened(content)
        turn = image.getexif().get(_ORIENTATION, 1)
        box = (WIDTHS[-1], MAX_HEIGHT)
        small = _within(image, box if turn not in {5, 6, 7, 8} else box[::-1])
        plain = _srgb(small, image.info.get("icc_profile"))
        if turn in _TURNS:
            plain = plain.transpose(_TURNS[turn])
    except Unfit:
        raise
    except (MemoryError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Unfit("too-many-pixels", "It takes too much memory to unpack.") from None
    except Exception as error:  # noqa: BLE001 -- decoders raise whatever they like
        raise Unfit("unreadable", f"The file is damaged ({type(error).__name__}).") from None
    clean = Image.new(plain.mode, plain.size)
    clean.paste(plain)
    return clean


def _opened(content: bytes) -> Image.Image:
    _known_kind(content)
    _check(*_webp_canvas(content))
    image = Image.open(io.BytesIO(content), formats=_FORMATS)
    _check(*image.size)
    return image


def _known_kind(content: bytes) -> None:
    """Check the format by the first bytes: file names and headers may be wrong."""
    head = content[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a")):
        return
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return
    if content[4:12] in {b"ftypavif", b"ftypavis"}:
        return
    if b"<svg" in head:
        reason = "SVG files from elsewhere are not taken, since they may hold programs. Give it as PNG, JPEG or WebP."
        raise Unfit("svg", reason)
    what = " It is a web page." if head.startswith((b"<!doctype html", b"<html")) else ""
    raise Unfit("not-an-image", f"It is not a JPEG, PNG, WebP, GIF or AVIF image.{what}")


def _one_kind(content: bytes) -> None:
    """Refuse a file that another program would take for a web page, a program, a PDF or an archive.

    Nothing of it would be shown, since only pixels are kept; but nobody makes such a file by mistake.
    """
    low = content.lower()
    others = {what for sign, what in _ELSEWHERE.items() if sign in low}
    others |= {"a PDF"} if _PDF in low[:1024] else set()
    others |= {"an archive"} if _ARCHIVE in low else set()
    if others:
        reason = f"The file is {min(others)} as well as a picture. Save the picture anew, and send that file."
        raise Unfit("two-kinds", reason)


def _webp_canvas(content: bytes) -> tuple[int, int]:
    """The size an extended WebP file says it has: its decoder takes the memory for it before anything can be asked."""
    if content[8:16] != b"WEBPVP8X" or len(content) < 30:
        return 1, 1
    width, height = (1 + int.from_bytes(content[at : at + 3], "little") for at in (24, 27))
    return width, height


def _check(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        reason = f"It has {width} x {height} pixels, more than {MAX_PIXELS // 1_000_000} million."
        raise Unfit("too-many-pixels", reason)


def _within(image: Image.Image, box: tuple[int, int]) -> Image.Image:
    """Its first frame, at most as large as the box, in a mode that keeps its colours and transparency."""
    scale = min(box[0] / image.width, box[1] / image.height, 1)
    size = (max(round(image.width * scale), 1), max(round(image.height * scale), 1))
    # JPEG alone can be unpacked at a fraction of its size.
    image.draft(None, size)
    image.load()
    whole = _in_a_mode_to_scale(image)
    return whole if whole.size == size else whole.resize(size, Image.Resampling.LANCZOS)


def _in_a_mode_to_scale(image: Image.Image) -> Image.Image:
    if image.mode in {"L", "RGB", "RGBA", "CMYK"} and "transparency" not in image.info:
        return image
    if image.has_transparency_data:
        return image.convert("RGBA")
    if image.mode.startswith("I"):
        # 16 bits of grey: converted as it is, everything above 255 would be white.
        return image.convert("I").point(lambda value: value / 256).convert("L")
    return image.convert("L" if image.mode == "1" else "RGB")


def _srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Its colours as browsers show what says nothing about them."""
    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    opaque = image.convert("RGB") if alpha else image
    plain = _converted(opaque, profile) if profile else opaque.convert("RGB")
    if alpha:
        plain.putalpha(alpha)
    return plain


def _converted(image: Image.Image, profile: bytes) -> Image.Image:
    try:
        given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(image, given, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        # A damaged profile, or one of other colours than the picture's.
        return image.convert("RGB")
    return converted or image.convert("RGB")


def answer(content: bytes, *, nothing_else: bool = False) -> tuple[dict[str, Any], list[bytes]]:
    """The line of JSON as a dict, and the files."""
    try:
        sizes = derive(content, nothing_else=nothing_else)
    except Unfit as unfit:
        code, reason = unfit.args
        return {"code": code, "reason": reason}, []
    return {"sizes": [[width, height, len(drawn)] for width, height, drawn in sizes]}, [drawn for *_, drawn in sizes]


def _limit() -> None:
    """Set the limits that the system has: macOS ignores some."""
    import resource

    limits = {"RLIMIT_AS": MEMORY_BYTES, "RLIMIT_CPU": CPU_SECONDS, "RLIMIT_FSIZE": 0, "RLIMIT_CORE": 0}
    for name, most in limits.items():
        try:
            resource.setrlimit(getattr(resource, name), (most, most))
        except (OSError, ValueError):
            continue


def main() -> None:
    """Read a picture from standard input and write it anew, as the arguments say."""
    warnings.simplefilter("ignore")
    Image.MAX_IMAGE_PIXELS = None  # _check is stricter, and says why
    _limit()
    said, files = answer(sys.stdin.buffer.read(), nothing_else="--nothing-else" in sys.argv[1:])
    sys.stdout.buffer.write(json.dumps(said).encode() + b"\n" + b"".join(files))


if __name__ == "__main__":
    main()
