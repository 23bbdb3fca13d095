"""Compact SVG: whole coordinates on a sheet of 1600 x 2000, relative paths, smooth curves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.sax.saxutils import quoteattr

from mercat.demo.model import Work

WIDTH, HEIGHT = 1600, 2000
MARGIN = 150
LEFT, TOP, RIGHT, BOTTOM = MARGIN, MARGIN, WIDTH - MARGIN, HEIGHT - MARGIN

Point = tuple[float, float]


def page(work: Work, body: Iterable[str], defs: Iterable[str] = ()) -> str:
    """The whole SVG: the paper, and the drawing clipped to the area inside the margins."""
    clip = f'<clipPath id="sheet"><path d="M{LEFT} {TOP}H{RIGHT}V{BOTTOM}H{LEFT}z"/></clipPath>'
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f"aria-label={quoteattr(work.title)}>"
    )
    ground = f'<path fill="{work.palette.paper}" d="M0 0h{WIDTH}v{HEIGHT}H0z"/>'
    return "".join(
        [head, f"<defs>{clip}{''.join(defs)}</defs>", ground, '<g clip-path="url(#sheet)">', *body, "</g></svg>"]
    )


def path(d: str, *, fill: str = "none", stroke: str = "", width: float = 0, more: str = "") -> str:
    """One path element; `more` is further attributes as written."""
    line = f' stroke="{stroke}" stroke-width="{width:g}"' if stroke else ""
    return f'<path fill="{fill}"{line}{" " + more if more else ""} d="{d}"/>'


def rect(x: float, y: float, width: float, height: float, fill: str) -> str:
    """A filled rectangle."""
    return path(f"M{x:.0f} {y:.0f}h{width:.0f}v{height:.0f}h{-width:.0f}z", fill=fill)


def circle(x: float, y: float, radius: float, more: str) -> str:
    """A circle; `more` is further attributes as written."""
    return f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{radius:.0f}" {more}/>'


def polyline(points: Sequence[Point], *, close: bool = False) -> str:
    """Path data of straight lines from point to point."""
    x, y = round(points[0][0]), round(points[0][1])
    parts = [f"M{x} {y}l"]
    for px, py in points[1:]:
        dx, dy = round(px) - x, round(py) - y
        parts.append(_numbers((dx, dy), leading=parts[-1][-1] != "l"))
        x, y = x + dx, y + dy
    return "".join(parts) + ("z" if close else "")


def smooth(points: Sequence[Point]) -> str:
    """Path data of a Catmull-Rom curve through the points: four numbers for each segment."""
    if len(points) < 3:
        return polyline(points)
    x, y = round(points[0][0]), round(points[0][1])
    parts = [f"M{x} {y}"]
    for index in range(1, len(points)):
        (ax, ay), (bx, by) = points[index - 1], points[min(index + 1, len(points) - 1)]
        px, py = points[index]
        control = round(px - (bx - ax) / 6) - x, round(py - (by - ay) / 6) - y
        end = round(px) - x, round(py) - y
        if index == 1:
            parts.append("c0 0" + _numbers((*control, *end), leading=True))
        else:
            parts.append("s" + _numbers((*control, *end), leading=False))
        x, y = x + end[0], y + end[1]
    return "".join(parts)


def mix(one: str, other: str, share: float) -> str:
    """A colour between two; `share` of the second, from 0 to 1."""
    a, b = _channels(one), _channels(other)
    return "#" + "".join(f"{round(p + (q - p) * share):02x}" for p, q in zip(a, b, strict=True))


def _channels(colour: str) -> list[int]:
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]


def _numbers(values: Iterable[int], *, leading: bool) -> str:
    """The numbers, separated by a space or a minus sign."""
    text = "".join(f"{'' if value < 0 else ' '}{value}" for value in values)
    return text if leading or text.startswith("-") else text[1:]
