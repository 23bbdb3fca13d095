"""The shop's colours as a stylesheet. A colour that could not be read on the page is darkened until it can."""

from __future__ import annotations

import re

from pages.domain.answers import Colours

# What a new shop begins with: nobody has chosen colours, and the pages keep their own.
UNSET = Colours(primary="#222222", accent="#2a5c4d", background="#ffffff")
_COLOUR = re.compile("#[0-9a-f]{6}")
_INK, _WALL = "#241f19", "#faf7f2"
# WCAG 2.2, 1.4.3.
_READABLE = 4.5


def stylesheet(colours: Colours) -> str:
    """What the colours change, in the light scheme alone: the dark one would need others."""
    chosen = (colours.primary, colours.accent, colours.background)
    if colours == UNSET or not all(map(_COLOUR.fullmatch, chosen)):
        return ""
    wall = colours.background if contrast(_INK, colours.background) >= _READABLE else _WALL
    accent = readable(colours.primary, wall)
    declared = {
        "wall": wall,
        "accent": accent,
        "accent-deep": readable(darker(accent), wall),
        "on-accent": "#ffffff",
    }
    lines = "".join(f"--{name}:{value};" for name, value in declared.items())
    return f"@media (prefers-color-scheme:light){{:root{{{lines}}}}}\n"


def readable(colour: str, wall: str) -> str:
    """The colour, or a darker one that can be read on the wall and under white letters."""
    for _ in range(40):
        if min(contrast(colour, wall), contrast(colour, "#ffffff")) >= _READABLE:
            return colour
        colour = darker(colour)
    return _INK


def darker(colour: str) -> str:
    """A tenth nearer to black."""
    return "#" + "".join(f"{part * 9 // 10:02x}" for part in _parts(colour))


def contrast(one: str, other: str) -> float:
    """The ratio of contrast, from 1 to 21."""
    lighter, deeper = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (deeper + 0.05)


def _luminance(colour: str) -> float:
    parts = [part / 255 for part in _parts(colour)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
