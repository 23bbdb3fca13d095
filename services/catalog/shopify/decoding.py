"""From the bytes of an uploaded file to text, whatever program saved it last."""

from __future__ import annotations

import codecs

from catalog.shopify.model import MAX_BYTES, NotAnExport

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


def decode(data: bytes) -> tuple[str, str | None]:
    """The text without its byte order mark, and what the merchant should know about the reading (or None).

    Raises NotAnExport for an empty file, one above MAX_BYTES, and a known kind of binary.
    """
    _refuse_unreadable(data)
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _lenient(data[len(bom) :], encoding)
    guessed = _utf16_without_bom(data[:2_000])
    if guessed:
        return _lenient(data, guessed)
    try:
        return data.decode("utf-8"), None
    except UnicodeDecodeError:
        return _decode_other(data)


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


def _lenient(data: bytes, encoding: str) -> tuple[str, str | None]:
    text = data.decode(encoding, "replace")
    if "\ufffd" not in text:
        return text, None
    return text, "Some characters of the file are damaged and appear as \ufffd. Export the products again."


def _utf16_without_bom(head: bytes) -> str | None:
    """ASCII saved as UTF-16 has a NUL at every second place."""
    half = len(head) // 2
    if half < 4:
        return None
    if head[1::2].count(0) > 0.7 * half:
        return "utf-16-le"
    if head[0::2].count(0) > 0.7 * half:
        return "utf-16-be"
    return None


def _decode_other(data: bytes) -> tuple[str, str]:
    """A little damage in UTF-8 stays UTF-8; otherwise it is what Windows programs write in western Europe."""
    text = data.decode("utf-8", "replace")
    damaged = text.count("\ufffd")
    whole = sum(1 for c in text if c > "\x7f") - damaged
    if whole > 5 * damaged:
        return text, "Some characters of the file are damaged and appear as \ufffd. Export the products again."
    note = (
        "The file is not UTF-8 and was read as Windows-1252. If accents look wrong in the shop, save the file as "
        "\u201cCSV UTF-8\u201d and import it again."
    )
    return data.decode("cp1252", "replace"), note
