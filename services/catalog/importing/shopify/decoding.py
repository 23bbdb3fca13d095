"""Decodes the bytes of an uploaded file to text; detects the encoding."""

from __future__ import annotations

import codecs

from catalog.importing.shopify.encodings import canonical_name, detect, read_as
from catalog.importing.shopify.export import MAX_BYTES, NotAnExport

EXPECTED = (
    "Expected is the CSV file that Shopify makes under Products > Export "
    "(choose \u201cPlain CSV file\u201d or \u201cCSV for Excel\u201d)."
)

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BINARIES = (
    (b"PK\x03\x04", "an Excel workbook or a ZIP archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
)


def decode(data: bytes, encoding: str | None = None) -> tuple[str, str | None]:
    """The text without its byte order mark, and a note for the merchant about the encoding (or None).

    encoding: what the merchant says. Raises NotAnExport for an empty file, one above MAX_BYTES, a known kind of binary
    and damaged text; UnclearEncoding where the encoding is not said and can be several.
    """
    _refuse_unreadable(data)
    encoding = None if encoding is None else canonical_name(encoding)
    for bom, codec in _BOMS:
        if data.startswith(bom):
            return _strict(data[len(bom) :], codec), None
    guessed = _utf16_without_bom(data[:2_000])
    if guessed:
        return _strict(data, guessed), None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_legacy(data, encoding)
    if encoding not in {None, "utf-8"} and not data.isascii():
        raise NotAnExport(f"The file is UTF-8, not {encoding}. Import it again without the encoding.")
    return (text, None) if encoding in {None, "utf-8"} else (read_as(data, encoding or ""), None)


def _refuse_unreadable(data: bytes) -> None:
    if len(data) > MAX_BYTES:
        limit = MAX_BYTES // (1024 * 1024)
        raise NotAnExport(
            f"The file is larger than {limit} MB. Export the products in several parts (in Shopify, filter the "
            "list first, then export) and import them one after the other."
        )
    if not data.strip(b"\x00 \t\r\n"):
        raise NotAnExport(f"The file is empty. {EXPECTED}")
    for magic, kind in _BINARIES:
        if data.startswith(magic):
            raise NotAnExport(
                f"The file is {kind}, not a CSV file. {EXPECTED} If you have it open in a spreadsheet, save it as "
                "\u201cCSV UTF-8\u201d."
            )


def _strict(data: bytes, codec: str) -> str:
    """Decode; raises NotAnExport where characters are damaged."""
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        row = data[: error.start].decode(codec, "ignore").count("\n") + 1
        raise NotAnExport(
            f"The file is {codec.upper()}, but line {row} is damaged: letters are missing. Export the products "
            "again; do not split or join the file."
        ) from None


def _utf16_without_bom(head: bytes) -> str | None:
    """The codec of a UTF-16 file without byte order mark, by the NUL at every second place; None: it is none."""
    half = len(head) // 2
    if half < 4:
        return None
    if head[1::2].count(0) > 0.7 * half:
        return "utf-16-le"
    if head[0::2].count(0) > 0.7 * half:
        return "utf-16-be"
    return None


def _decode_legacy(data: bytes, encoding: str | None) -> tuple[str, str | None]:
    if encoding is not None:
        return read_as(data, encoding), None
    if b"\x00" in data:
        raise NotAnExport(f"The file is no text file. {EXPECTED}")
    lenient = data.decode("utf-8", "replace")
    damaged = lenient.count("\ufffd")
    if sum(1 for c in lenient if c > "\x7f") - damaged > 5 * damaged:
        return _strict(data, "utf-8"), None  # a little damage: it raises
    text, name = detect(data)
    note = (
        f"The file is not UTF-8 and was read as {name}. If letters look wrong in the shop, import it again with the "
        "right encoding (--encoding, or ?encoding= in the API)."
    )
    return text, note
