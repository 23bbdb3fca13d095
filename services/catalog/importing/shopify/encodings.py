"""Detects the encoding of a file that is not Unicode. One is chosen only where no other gives words of a language; else
the merchant is asked: after a wrong guess the shop would show wrong letters.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from functools import cache

from catalog.importing.shopify.alphabets import ENCODINGS, UNICODE, east_asian_share, languages
from catalog.importing.shopify.export import NotAnExport, UnclearEncoding
from catalog.importing.shopify.text import clean_line

_DELIMITERS = r"\s,;|\"<>()/&.:!?0-9=+*#%\[\]{}"
# Each match begins where a word does, so that it is scanned once: an embedded picture is a word of megabytes.
_WORD = re.compile(rf"(?<![^{_DELIMITERS}])[^\x80-\U0010ffff{_DELIMITERS}]*+[^\x00-\x7f\s][^{_DELIMITERS}]*")
# Signs that stand around words, or alone.
_AROUND = (
    "\u201a\u201e\u201c\u201d\u2018\u2019\u00ab\u00bb\u2039\u203a\u2013\u2014\u2026\u2022\u00b7\u00bf\u00a1'-"
    "\u20ac\u00a3\u00a0\u00b0\u00ae\u00a9\u2122\u00b2\u00b3\u00bd\u00bc\u00be\u00d7"
)
_C1 = re.compile("[\x80-\x9f]")
_SAMPLE = 400  # different words: enough to tell
_TOKEN = re.compile(rb"(?<![^\s,;\"<>])[^\x80-\xff\s,;\"<>]*+[\x80-\xff][^\s,;\"<>]*")
_MOST_SAMPLED = 500_000
# The share of words that the likeliest reading must explain, and what others may with some words and with many.
_SURE, _SENSE_OF_SOME, _SENSE_OF_MANY = 0.98, 0.35, 0.75
_FEW, _MANY = 3, 30
_SHOWN = 3


@dataclass
class Reading:
    """A way to read the file. share: of its words beyond ASCII, how many can be words of one language."""

    names: list[str]
    text: str
    share: float
    words: list[str] = field(default_factory=list)


def detect(data: bytes) -> tuple[str, str]:
    """Decode; returns the text and the name of its encoding.

    Raises:
        UnclearEncoding: several encodings are possible, or none.
    """
    readings = _readings(_sample(data))
    if _is_clear(readings):
        name = readings[0].names[0]
        try:
            return read_as(data, name), name
        except NotAnExport:
            pass  # bytes outside of the sample are invalid in it
    likely = [reading for reading in readings if reading.share > 0][:_SHOWN] or readings[:_SHOWN]
    raise _ambiguous(data, likely)


def _is_clear(readings: list[Reading]) -> bool:
    """Whether the first is a language and the others are nonsense. Few words prove it only where the encodings of east
    and west agree on them.
    """
    best, others = readings[0], readings[1:]
    next_best = max((other.share for other in others), default=0.0)
    if best.share < _SURE:
        return False
    if len(best.words) < _FEW:
        return next_best == 0 and {"cp1252", "cp1250"} <= set(best.names)
    return next_best <= (_SENSE_OF_MANY if len(best.words) >= _MANY else _SENSE_OF_SOME)


def _sample(data: bytes) -> bytes:
    """Each of its words beyond ASCII once, by the line. No encoding uses these delimiters within a letter."""
    return b"\n".join(dict.fromkeys(_TOKEN.findall(data)))[:_MOST_SAMPLED]


def canonical_name(name: str) -> str:
    """The name of an encoding here, for another name of it (windows-1250, utf8, latin1).

    Raises:
        NotAnExport: there is none of this name.
    """
    plain = name.lower().replace("_", "-")
    if plain in UNICODE or plain in ENCODINGS:
        return plain
    all_names = {codecs.lookup(codec).name: ours for ours, codec in UNICODE.items()}
    all_names |= {codecs.lookup(codec).name: ours for ours, (codec, _) in ENCODINGS.items()}
    try:
        found = codecs.lookup(name).name
    except (LookupError, ValueError):
        found = ""
    # Files said to be Latin 1 are Windows-1252, which has more characters.
    ours = all_names.get("cp1252" if found in {"iso8859-1", "ascii"} else found)
    if ours is None:
        raise NotAnExport(f"The encoding {name} is not supported. Use one of these: {', '.join(all_names.values())}.")
    return ours


def read_as(data: bytes, name: str) -> str:
    """The text in an encoding that the merchant named (as `canonical_name` returns it).

    Raises:
        NotAnExport: the file is not written in it.
    """
    codec = UNICODE.get(name) or ENCODINGS[name][0]
    try:
        text = data.decode(codec)
    except UnicodeDecodeError as error:
        row = data[: error.start].count(b"\n") + 1
        raise NotAnExport(
            f"The file is not written in {name}: line {row} has a byte that is invalid there. Give another encoding, "
            "or none to see the likely ones."
        ) from None
    if _C1.search(text):
        raise NotAnExport(f"The file is not {name}: it would have control characters. Give another encoding, or none.")
    return text


def _readings(data: bytes) -> list[Reading]:
    """All possible readings, the likeliest first; encodings that give the same text are one reading."""
    found: dict[str, Reading] = {}
    for name, (codec, _) in ENCODINGS.items():
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        if text in found:
            found[text].names.append(name)
            found[text].share = max(found[text].share, _share(found[text].words, name))
        elif not _C1.search(text):
            words = _words(text)
            found[text] = Reading([name], text, _share(words, name), words)
    return sorted(found.values(), key=lambda reading: -reading.share)


def _words(text: str) -> list[str]:
    """Different words that hold a letter beyond ASCII, without the signs around them."""
    words: dict[str, None] = {}
    for word in _WORD.finditer(text):
        bare = word.group().strip(_AROUND)
        # One letter alone is as often a sign in another encoding.
        if len(bare) > 1 and not bare.isascii():
            words.setdefault(bare)
            if len(words) == _SAMPLE:
                break
    return list(words)


def _share(words: list[str], encoding: str) -> float:
    """Of one language: a shop writes in one, with foreign words between."""
    if not words:
        return 1.0
    if not (patterns := _languages(encoding)):
        return east_asian_share(words)
    return max(sum(_is_word(word, language) for word in words) for language in patterns) / len(words)


@cache
def _languages(encoding: str) -> list[re.Pattern[str]]:
    return languages(ENCODINGS[encoding][1])


def _is_word(word: str, language: re.Pattern[str]) -> bool:
    """Of its letters, and in small letters, in capitals, or with one capital before small ones."""
    parts = [part for part in re.split("['\u2019-]", word) if part]
    cased = all(part in {part.lower(), part.upper(), part[0].upper() + part[1:].lower()} for part in parts)
    return cased and language.fullmatch(word) is not None


def _ambiguous(data: bytes, likely: list[Reading]) -> UnclearEncoding:
    line = _sample_line(data)
    shown = []
    for reading in likely:
        name = reading.names[0]
        shown.append((name, clean_line(line.decode(ENCODINGS[name][0], "replace"))[:120]))
    ways = "; ".join(f"{name}: \u201c{text}\u201d" for name, text in shown)
    message = (
        "The file is not UTF-8, and its encoding is not certain. A line of it would be, as "
        f"{ways}. Give the right one (--encoding {shown[0][0]}, or ?encoding={shown[0][0]} in the API), or save "
        "the file as \u201cCSV UTF-8\u201d."
    )
    return UnclearEncoding(message, shown)


def _sample_line(data: bytes) -> bytes:
    """The line with most bytes that are in question, and of it the part around them."""
    lines = data[:1_000_000].splitlines()
    line = max(lines, key=lambda one: sum(byte > 0x7F for byte in one[:2_000]))
    first = next(place for place, byte in enumerate(line) if byte > 0x7F)
    start = max(line.rfind(b",", 0, first), line.rfind(b";", 0, first), first - 40) + 1
    return line[max(start, 0) : max(start, 0) + 120]
