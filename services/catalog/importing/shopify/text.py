"""Cleans text, makes slugs, and reads yes/no values."""

from __future__ import annotations

import hashlib
import re
import unicodedata

# Control characters, invisible joiners that spoof, direction overrides, lone surrogates and non-characters.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_NEW_LINE = re.compile("\r\n?|[\x85\u2028\u2029]")
_SPACES = re.compile(r"\s+")
_NOT_SLUG = re.compile(r"[^a-z0-9]+")
# UTF-8 decoded as Windows-1252: the first character of a letter, and the following ones.
_LEAD_AND_NEXT = re.compile("([\u00c2-\u00f4])([^\x00-\x7f])")
_SIGNS = "\u00ae\u00a9\u2122\u00b0\u00b2\u00b3\u00b7\u00bb\u2019\u201d"  # they follow capitals in real text too
# Letters without a decomposition in Unicode, in their usual ASCII spelling.
_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "þ": "th", "ð": "d"})

# Excel writes TRUE and FALSE in its own language when a file is saved again.
_YES = frozenset({"true", "yes", "y", "1", "wahr", "vrai", "vero", "verdadero", "verdadeiro", "waar", "prawda"})
_NO = frozenset({"false", "no", "n", "0", "falsch", "faux", "falso", "onwaar", "fałsz"})


def words(text: str) -> frozenset[str]:
    """The words of a text, for long lists of constants."""
    return frozenset(text.split())


def clean_block(raw: str) -> str:
    """Text of several lines, trimmed: line feeds and tabs, but no other control character."""
    return _UNWANTED.sub("", _NEW_LINE.sub("\n", raw)).strip()


def clean_line(raw: str) -> str:
    """Text of one line: clean_block, with every run of white space as one space."""
    return _SPACES.sub(" ", clean_block(raw))


def is_unclean(raw: str) -> bool:
    """Whether cleaning removes more than white space."""
    return _UNWANTED.search(raw) is not None


def slug(text: str) -> str:
    """Lower-case ASCII words joined by hyphens; may be empty."""
    return _NOT_SLUG.sub("-", _folded(text)).strip("-")


def is_faithful(text: str) -> bool:
    """Whether `slug` keeps every letter and digit, and every sign that tells two sizes or colours apart."""
    return all(c.isascii() and (c.isalnum() or c in " -_/.,'\"()&:") for c in _folded(text))


def digest(*parts: str) -> str:
    """A hash of the parts: eight hex digits."""
    joined = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(joined).hexdigest()[:8]


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters."""
    return text[:limit].rstrip()


def quoted(value: str) -> str:
    """A value in quotes for a message, shortened to one line."""
    line = clean_line(value)
    return f"\u201c{line[:57] + '...' if len(line) > 60 else line}\u201d"


def flag(value: str, *, default: bool) -> bool:
    """A yes/no cell in the languages Excel speaks; `default` when empty or something else."""
    word = value.casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False
    return default


def without_apostrophe(value: str) -> str:
    """The text without the leading apostrophe by which spreadsheets mark text."""
    return value[1:].lstrip() if value.startswith(("'", "\u2019")) else value


def mojibake(text: str) -> str | None:
    """The right text if this one is UTF-8 decoded as Windows-1252; None if it is not."""
    if text.isascii():
        return None
    try:
        meant = b"".join(map(_byte, text)).decode("utf-8")
    except UnicodeError:
        return None
    pairs = _LEAD_AND_NEXT.findall(text)
    telling = [lead for lead, following in pairs if following not in _SIGNS]
    return meant if len(telling) > 1 or {"\u00c2", "\u00c3"} & set(telling) else None


def _byte(c: str) -> bytes:
    """The byte that Windows-1252 reads as this letter; programs keep the five bytes that it does not define."""
    return bytes([ord(c)]) if c in "\x81\x8d\x8f\x90\x9d" else c.encode("cp1252")


def _folded(text: str) -> str:
    lowered = unicodedata.normalize("NFKC", text).casefold().translate(_LETTERS)
    apart = unicodedata.normalize("NFKD", lowered)
    return "".join(c for c in apart if not unicodedata.combining(c))
