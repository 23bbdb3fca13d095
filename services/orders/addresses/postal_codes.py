"""Postal codes and phone numbers as people type them: folded to plain signs, and compared without their punctuation."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

_SIGNS = {"%A": "line1", "%C": "city", "%S": "region", "%Z": "postal_code"}
# The letters that a format brings before a code; what stands around a part that is missing.
_PREFIX = re.compile("(?<![%A-Z])([A-Z]{1,3})[- ]?%Z")
_AROUND_NOTHING = re.compile(r"\s*[,/-]?\s*\0\s*[,/-]?\s*")
# Separators of a pattern: "[ \-]", " ?", "-?", " ", "-"; what stands in other brackets stays.
_SEPARATORS = re.compile(r"(\[[^\] ][^\]]*\])|\[ \\-\]|[ -]\??")
_PUNCTUATION = re.compile("[^0-9A-Z]")
_LETTERS_BEFORE = re.compile("^[A-Z]{1,3}")
# Typed for a dash by keyboards of some scripts: the minus sign and the mark of a long vowel.
_DASHES = frozenset("\u2212\u30fc")


def folded(text: str) -> str:
    """The same with digits of any script, wide letters, odd spaces and dashes as plain ones."""
    return "".join(_plain(sign) for sign in unicodedata.normalize("NFKC", text))


def _plain(sign: str) -> str:
    kind = unicodedata.category(sign)
    if kind == "Nd":
        return str(unicodedata.decimal(sign))
    if kind == "Zs":
        return " "
    return "-" if kind == "Pd" or sign in _DASHES else sign


def compact_pattern(pattern: str) -> re.Pattern[str]:
    """A pattern of postal codes without the separators that it allows or asks for."""
    return re.compile(_SEPARATORS.sub(lambda found: found[1] or "", pattern), re.ASCII)


def is_postal_code(text: str, country: str, pattern: re.Pattern[str]) -> bool:
    """Whether a folded text may be a code of this (compact) pattern: in any case, with any punctuation, and with or
    without the country's letters before it ("D-10115", "LV-1010").
    """
    bare = _PUNCTUATION.sub("", text.upper())
    forms = (bare, bare.removeprefix(country), _LETTERS_BEFORE.sub("", bare), country + bare)
    return any(pattern.fullmatch(form) for form in forms)


def written(parts: Mapping[str, str | None], form: Sequence[str]) -> list[str]:
    """The lines of an address below the name, in its country's form; what that has no place for stands below."""
    lines = []
    code = parts.get("postal_code") or ""
    for given in form:
        # Where there is no code, or it was typed with its letters, the format's are one too many.
        line = _PREFIX.sub(lambda found: "%Z" if not code or code.startswith(found[1]) else found[0], given)
        filled = re.sub("%[ACSZ]", lambda sign: parts.get(_SIGNS[sign[0]]) or "\0", line)
        lines.append(_AROUND_NOTHING.sub(" ", filled).strip())
        if "%A" in line:
            lines.append(parts.get("line2") or "")
    placed = {_SIGNS[sign] for line in form for sign in re.findall("%[ACSZ]", line)}
    lines += [parts.get(name) or "" for name in ("city", "region", "postal_code") if name not in placed]
    return [line for line in lines if line]
