"""Pictures drawn anew: what comes out, and what is refused."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from catalog.pictures.reencode import MAX_PIXELS, Unfit, derive
from catalog.tests.pictures.images import encoded, jpeg, opened, png_of

RED, BLUE = (254, 0, 0), (0, 0, 254)


def drawn(content: bytes) -> Image.Image:
    """The largest size."""
    return opened(derive(content)[-1][2])


def near(image: Image.Image, at: tuple[int, int], colour: tuple[int, ...]) -> bool:
    pixel: Any = image.convert("RGB").getpixel(at)
    return all(abs(a - b) < 12 for a, b in zip(pixel, colour, strict=True))


def two_halves(width: int = 40, height: int = 20) -> Image.Image:
    """Red at the left, blue at the right."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(BLUE, (width // 2, 0, width, height))
    return image


@pytest.mark.parametrize(
    ("size", "widths"),
    [
        ((100, 50), [100]),
        ((320, 10), [320]),
        ((900, 600), [320, 640, 900]),
        ((2600, 1300), [320, 640, 1280, 2000]),
        ((200, 8000), [100]),
        ((1, 1), [1]),
        ((3000, 1), [320, 640, 1280, 2000]),
    ],
)
def test_sizes_are_made_and_none_is_larger_than_the_picture(size: tuple[int, int], widths: list[int]):
    made = derive(encoded(Image.new("RGB", size, RED)))
    assert [width for width, _, _ in made] == widths
    for width, height, content in made:
        image = opened(content)
        assert (image.format, image.size) == ("WEBP", (width, height))
        assert near(image, (0, 0), RED)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_every_usual_format_is_read(kind: str):
    image = drawn(encoded(two_halves(), kind))
    assert image.size == (40, 20)
    assert near(image, (5, 10), RED)
    assert near(image, (35, 10), BLUE)


@pytest.mark.parametrize(
    ("turn", "size", "red_at"),
    [(1, (40, 20), (2, 2)), (3, (40, 20), (37, 17)), (6, (20, 40), (10, 2)), (8, (20, 40), (10, 37))],
)
def test_a_picture_is_rotated_by_its_exif_and_loses_all_metadata(
    turn: int, size: tuple[int, int], red_at: tuple[int, int]
):
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x8825] = turn, "A camera", {1: "N", 2: (52.0, 31.0, 12.0)}
    content = encoded(two_halves(), "JPEG", exif=exif, comment=b"a comment", quality=95, xmp=b"<x:xmpmeta/>")
    assert b"A camera" in content
    made = derive(content)
    for *_, file in made:
        assert not any(word in file for word in (b"camera", b"comment", b"EXIF", b"XMP", b"ICCP"))
    image = opened(made[-1][2])
    assert image.size == size
    assert near(image, red_at, RED)
    assert not image.getexif()
    assert set(image.info) <= {"loop", "background", "timestamp", "duration"}


def test_text_chunks_of_a_png_are_removed():
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", "somebody", zip=True)
    polyglot = encoded(two_halves(), "PNG", pnginfo=texts) + b"<script>alert(1)</script>PK\x03\x04"
    for *_, file in derive(polyglot):
        assert b"script" not in file
        assert b"PK\x03\x04" not in file
        assert b"somebody" not in file


def test_colours_of_another_profile_are_converted_to_srgb():
    swapped = _swapping_profile()
    image = drawn(encoded(two_halves(), "PNG", icc_profile=swapped))
    assert near(image, (5, 10), BLUE)
    assert near(image, (35, 10), RED)
    damaged = drawn(encoded(two_halves(), "PNG", icc_profile=b"no profile"))
    assert near(damaged, (5, 10), RED)


def _swapping_profile() -> bytes:
    """sRGB's, in which red and blue have changed places."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    tags = {}
    for n in range(struct.unpack_from(">I", profile, 128)[0]):
        tags[bytes(profile[132 + 12 * n : 136 + 12 * n])] = 132 + 12 * n
    red, blue = tags[b"rXYZ"], tags[b"bXYZ"]
    profile[red + 4 : red + 12], profile[blue + 4 : blue + 12] = (
        profile[blue + 4 : blue + 12],
        profile[red + 4 : red + 12],
    )
    return bytes(profile)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF"])
def test_transparency_is_kept(kind: str):
    image = Image.new("RGBA", (700, 400), (0, 0, 0, 0))
    image.paste((254, 0, 0, 255), (0, 0, 350, 400))
    options = {"lossless": True} if kind == "WEBP" else {}
    for width, _, file in derive(encoded(image, kind, **options)):
        made = opened(file)
        assert made.mode == "RGBA", width
        alpha = made.getchannel("A")
        assert (alpha.getpixel((2, 5)), alpha.getpixel((width - 2, 5))) == (255, 0)


@pytest.mark.parametrize("mode", ["L", "P", "LA", "1", "I;16", "CMYK"])
def test_every_colour_mode_is_converted_without_a_visible_change(mode: str):
    if mode == "I;16":
        image, expected = Image.new("I;16", (40, 20), 0x8080), (128, 128, 128)
    else:
        image = Image.new("1", (40, 20), 1) if mode == "1" else two_halves().convert(mode)
        expected = image.convert("RGB").getpixel((5, 10))  # type: ignore[assignment]
    made = drawn(encoded(image, "JPEG" if mode == "CMYK" else "PNG"))
    assert near(made, (5, 10), expected)


def test_of_a_moving_picture_the_first_is_shown():
    frames = [Image.new("RGB", (50, 50), colour) for colour in (RED, BLUE)]
    for kind in ("GIF", "WEBP", "PNG"):
        made = drawn(encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=50))
        assert near(made, (5, 5), RED)
        assert getattr(made, "n_frames", 1) == 1


def code_of(content: bytes) -> str:
    with pytest.raises(Unfit) as unfit:
        derive(content)
    code, reason = unfit.value.args
    assert len(reason) > 15
    return str(code)


def test_a_picture_of_too_many_pixels_is_refused_before_decoding():
    bomb = png_of(30_000, 30_000)
    assert len(bomb) < 1_000_000
    assert code_of(bomb) == "too-many-pixels"
    assert code_of(encoded(Image.new("1", (MAX_PIXELS // 5_000 + 1, 5_000)), "GIF")) == "too-many-pixels"
    canvas = bytearray(encoded(Image.new("RGBA", (9, 9), (0, 0, 0, 0)), "WEBP"))
    assert canvas[12:16] == b"VP8X"
    canvas[24:30] = (16_382).to_bytes(3, "little") * 2
    assert code_of(bytes(canvas)) == "too-many-pixels"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_a_truncated_picture_is_refused(kind: str):
    whole = encoded(Image.effect_noise((300, 300), 90).convert("RGB"), kind)
    for part in (0.3, 0.6, 0.9):
        assert code_of(whole[: int(len(whole) * part)]) == "unreadable"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not-an-image"),
        (b"GIF", "not-an-image"),
        (b"<!doctype html><html><body>404</body></html>", "not-an-image"),
        (b"%PDF-1.7", "not-an-image"),
        (b"BM" + b"\0" * 100, "not-an-image"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "not-an-image"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "svg"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><!-- x --><svg/>", "svg"),
        (b"\xff\xd8\xff\xe0 no more of it", "unreadable"),
        (b"\x89PNG\r\n\x1a\n" + zlib.compress(b"x"), "unreadable"),
        (b"GIF89a\x00\x00\x00\x00", "unreadable"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8X", "unreadable"),
        (b"\0\0\0\x1cftypavif" + b"\0" * 40, "unreadable"),
    ],
)
def test_what_is_no_picture_is_refused_by_its_bytes(content: bytes, code: str):
    assert code_of(content) == code


def test_a_jpeg_is_unpacked_at_a_fraction_of_its_size():
    content = jpeg(4000, 3000)
    image = Image.open(io.BytesIO(content))
    image.draft(None, (2000, 1500))
    assert image.size == (2000, 1500)
    assert [width for width, _, _ in derive(content)] == [320, 640, 1280, 2000]
