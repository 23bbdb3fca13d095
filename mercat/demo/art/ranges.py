"""Ranges: rows of hills from noise, paler with distance."""

from __future__ import annotations

from functools import partial

from mercat.demo import palettes
from mercat.demo.canvas import BOTTOM, LEFT, RIGHT, TOP, Point, circle, mix, page, path, smooth
from mercat.demo.model import Work
from mercat.demo.seeded_random import SeededRandom

FAMILY = "Ranges"
ARTIST = "Sunniva Hallgrim"

# By style: number of ridges, height of the first from the top (share), roughness, octaves of detail.
_LAND: dict[str, tuple[int, float, float, int]] = {
    "dusk": (7, 0.42, 230, 3),
    "mist": (8, 0.3, 200, 2),
    "peaks": (6, 0.4, 720, 5),
    "dunes": (6, 0.46, 330, 1),
    "fjord": (5, 0.3, 330, 4),
}


def draw(work: Work) -> str:
    """The SVG of a work of this family."""
    chance = SeededRandom(work.seed)
    far, near, sun = _tones(work)
    ridges, first, rough, octaves = _LAND[work.style]
    sky = (
        f'<linearGradient id="sky" x2="0" y2="1"><stop stop-color="{mix(far, work.palette.paper, 0.15)}"/>'
        f'<stop offset=".48" stop-color="{mix(far, work.palette.paper, 0.82)}"/></linearGradient>'
    )
    low = BOTTOM - 420 if work.style == "fjord" else BOTTOM
    body = [path(f"M{LEFT} {TOP}H{RIGHT}V{BOTTOM}H{LEFT}z", fill="url(#sky)")]
    radius = chance.real(105, 190)
    body.append(circle(chance.real(480, 1120), TOP + (first - 0.13) * 1700, radius, f'fill="{sun}"'))
    for n in range(ridges):
        share = n / (ridges - 1)
        level = TOP + (low - TOP) * (first + (0.93 - first) * share**1.15)
        line = _ridge(chance, level, rough * (1 - 0.55 * share), octaves, n)
        tone = mix(mix(far, work.palette.paper, 0.38), near, share**0.9)
        body.append(path(f"{smooth(line)}V{low}H{LEFT}z", fill=tone))
        body.extend(_mist(work, level, share, n))
    if work.style == "fjord":
        body.extend(_water(chance, work, low, far, sun))
    if work.style in {"dusk", "mist"}:
        body.append(_trees(chance, line, near))
    defs = [sky] if work.style != "mist" else [sky, _veil(work)]
    return page(work, body, defs)


def _tones(work: Work) -> tuple[str, str, str]:
    """The far hills' colour, the near hills', the sun's."""
    strong, second, third, loud, quiet = work.palette.colours
    return {
        "dusk": (loud, strong, quiet),
        "mist": (third, strong, loud),
        "peaks": (third, strong, loud),
        "dunes": (loud, strong, work.palette.paper),
        "fjord": (second, work.palette.paper if work.palette is palettes.NIGHT else strong, loud),
    }[work.style]


def _ridge(chance: SeededRandom, level: float, rough: float, octaves: int, n: int) -> list[Point]:
    step = 100 if octaves == 1 else 20 if octaves > 3 else 40
    scale = 520 if octaves > 1 else 640
    return [
        (x, level - rough * (chance.layered((x + 900 * n) / scale, 3.7 * n, octaves) - 0.42))
        for x in range(LEFT - step, RIGHT + step + 1, step)
    ]


def _mist(work: Work, level: float, share: float, n: int) -> list[str]:
    """Mist: transparent bands over the lower part of a ridge."""
    if work.style != "mist" or share > 0.9 or n == 0:
        return []
    return [path(f"M{LEFT} {level - 40:.0f}H{RIGHT}v260H{LEFT}z", fill="url(#veil)")]


def _veil(work: Work) -> str:
    paper = work.palette.paper
    return (
        f'<linearGradient id="veil" x2="0" y2="1"><stop stop-color="{paper}" stop-opacity="0"/>'
        f'<stop offset=".75" stop-color="{paper}" stop-opacity=".75"/>'
        f'<stop offset="1" stop-color="{paper}" stop-opacity="0"/></linearGradient>'
    )


def _water(chance: SeededRandom, work: Work, top: float, far: str, sun: str) -> list[str]:
    body = [path(f"M{LEFT} {top}H{RIGHT}V{BOTTOM}H{LEFT}z", fill=mix(far, work.palette.paper, 0.3))]
    for n in range(26):
        y = top + 14 + 15.5 * n
        x, half = chance.real(LEFT, RIGHT), chance.real(30, 60 + 13 * n)
        colour = sun if chance.chance(0.22) else mix(far, work.palette.paper, chance.pick((0, 0.6)))
        body.append(
            path(f"M{x - half:.0f} {y:.0f}h{2 * half:.0f}", stroke=colour, width=5, more='stroke-linecap="round"')
        )
    return body


def _trees(chance: SeededRandom, line: list[Point], colour: str) -> str:
    """Firs along the nearest ridge, in loose company."""
    parts = []
    for x in range(LEFT, RIGHT, 17):
        if chance.noise(x / 130, 9.5) < 0.46:
            continue
        at = min(range(len(line)), key=lambda n: abs(line[n][0] - x))
        y, tall = line[at][1] + 22, chance.real(40, 118)
        half = tall * chance.real(0.15, 0.2)
        parts.append(f"M{x - half:.0f} {y:.0f}l{half:.0f}{-tall:.0f} {half:.0f} {tall:.0f}z")
    return path("".join(parts), fill=colour)


_work = partial(Work.entry, FAMILY, ARTIST)
WORKS = (
    _work("AFTERGLOW", "Afterglow", "dusk", 2, palettes.DUSK,
          "The sun is nearly gone and the hills have stopped pretending to be different colours. A few firs stay up to "
          "watch.", "violet", "landscape", "light"),
    _work("VALLEY", "Valley in September", "mist", 4, palettes.MOSS,
          "Mist lies between the ridges and takes the fences away. By ten it will all be back where it was.",
          "green", "landscape", "calm"),
    _work("NORTHFACE", "North Face", "peaks", 24, palettes.FROST,
          "Thin air, blue shade, and one warm coin of a sun that helps nobody up here. Drawn ridge by ridge, from the "
          "farthest.", "blue", "landscape", "bold"),
    _work("DUNES", "Dune Sea", "dunes", 32, palettes.CLAY,
          "Sand keeps the shape of the wind for about a day. This is the day.", "warm", "landscape", "calm"),
    _work("FJORD", "Fjord, Late", "fjord", 3, palettes.TIDE,
          "Walls of rock step down to water that has not decided on a colour. The copper marks are either light or "
          "boats.", "blue", "landscape", "water"),
)  # fmt: skip
