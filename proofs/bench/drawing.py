"""Draws the history as one SVG: a chart for each figure, a row for each count; light or dark as its reader's screen."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from proofs.bench import counts
from proofs.bench.figures import Figure, shown
from proofs.bench.history import Entry

# The last so many entries, so that a point stays visible.
ENTRIES = 60
_COLUMNS, _WIDTH, _HEIGHT, _GAP = 3, 372, 156, 16
_ROW = 22
_PAGE = _COLUMNS * _WIDTH + (_COLUMNS + 1) * _GAP
_STYLE = """
svg { --page: #f6f7f9; --card: #fff; --ink: #1c2330; --soft: #667085; --rule: #e3e6eb; --line: #2563eb;
  --bad: #c2410c;
  font: 12px system-ui, sans-serif; font-variant-numeric: tabular-nums }
@media (prefers-color-scheme: dark) {
  svg { --page: #11151c; --card: #1a2029; --ink: #e6e9ef; --soft: #98a2b3; --rule: #2b3440; --line: #7aa7ff;
    --bad: #fb923c }
}
.page { fill: var(--page) } .card { fill: var(--card); stroke: var(--rule) }
text { fill: var(--ink) } .soft { fill: var(--soft) } .small { font-size: 10px } .bad { fill: var(--bad) }
.head { font-size: 17px; font-weight: 600 } .value { font-size: 15px; font-weight: 600 } .end { text-anchor: end }
.line { fill: none; stroke: var(--line); stroke-width: 1.8; stroke-linejoin: round }
.dot { fill: var(--line); stroke: var(--line); stroke-width: 1.2 } .dirty { fill: var(--card) }
.target { stroke: var(--bad); stroke-dasharray: 4 3 } .moved { stroke: var(--soft); stroke-dasharray: 1 3 }
.rule { stroke: var(--rule) }
"""


@dataclass(frozen=True)
class Series:
    """A figure over the entries that have it: their numbers and its values, and it as it was last."""

    last: Figure
    points: Sequence[tuple[int, float]]


def drawn(history: Sequence[Entry]) -> str:
    """The SVG."""
    entries = history[-ENTRIES:]
    all_series = list(_series(entries))
    charts = [each for each in all_series if each.last.kind != "count"]
    counted = [each for each in all_series if each.last.kind == "count"]
    body, y = list(_head(entries)), 84.0
    for number, series in enumerate(charts):
        column, row = number % _COLUMNS, number // _COLUMNS
        body += _chart(series, entries, _GAP + column * (_WIDTH + _GAP), y + row * (_HEIGHT + _GAP))
    y += -(-len(charts) // _COLUMNS) * (_HEIGHT + _GAP)
    if counted:
        body += _counts(counted, entries, y)
        y += 44 + -(-len(counted) // 2) * _ROW + _GAP
    size = f'viewBox="0 0 {_PAGE} {y:.0f}" width="{_PAGE}" height="{y:.0f}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="History of the benchmarks">',
            f"<style>{_STYLE}</style>",
            f'<rect class="page" width="{_PAGE}" height="{y:.0f}"/>',
            *body,
            "</svg>\n",
        ]
    )


def _series(entries: Sequence[Entry]) -> Iterator[Series]:
    """Of every figure that is no part of another, in the order in which they came."""
    last = {name: figure for entry in entries for name, figure in entry.figures.items() if not figure.of}
    for name, figure in last.items():
        points = [(number, entry.figures[name].value) for number, entry in enumerate(entries) if name in entry.figures]
        yield Series(figure, points)


def _head(entries: Sequence[Entry]) -> Iterator[str]:
    yield _text(_GAP, 32, "Benchmarks of Mercat", "head")
    first, last = entries[0], entries[-1]
    many = "1 entry" if first is last else f"{len(entries)} entries"
    span = f"{many}, {first.name} ({first.when[:10]}) to {last.name} ({last.when[:10]}), on {last.machine}"
    yield _text(_GAP, 52, span, "soft")
    legend = "Dashed: the target. Hollow point: the tree had changes. Dotted upright: another machine than before."
    yield _text(_GAP, 69, legend, "soft small")


def _chart(series: Series, entries: Sequence[Entry], x: float, y: float) -> Iterator[str]:
    last, values = series.last, [value for _, value in series.points]
    low, high = _scale(values, last.target)
    left, right, top, bottom = x + 14, x + _WIDTH - 52, y + 62, y + _HEIGHT - 24
    step = (right - left) / max(1, len(entries) - 1)

    def up(value: float) -> float:
        return bottom - (value - low) / (high - low) * (bottom - top)

    yield f"<g><title>{escape(last.line())}</title>{_card(x, y, _WIDTH, _HEIGHT)}"
    yield _text(x + 14, y + 22, _short(last.what, 54))
    yield _text(x + 14, y + 44, last.told(), "value" if last.reached else "value bad")
    if last.target is not None:
        yield _line("target", left, up(last.target), right, up(last.target))
        yield _text(right + 5, up(last.target) + 3.5, shown(last.target, "x" if last.unit == "x" else ""), "bad small")
    for number, (before, after) in enumerate(itertools.pairwise(entries), 1):
        if before.machine != after.machine:
            yield _line("moved", left + number * step, top, left + number * step, bottom)
    places = [(left + number * step, up(value), entries[number]) for number, value in series.points]
    yield f'<polyline class="line" points="{" ".join(f"{px:.1f},{py:.1f}" for px, py, _ in places)}"/>'
    yield from (_dot(px, py, entry, last) for px, py, entry in places)
    yield _text(places[0][0], y + _HEIGHT - 8, places[0][2].name, "soft small")
    if len(places) > 1:
        yield _text(places[-1][0], y + _HEIGHT - 8, places[-1][2].name, "soft small end")
        span = f"{shown(min(values), '')} to {shown(max(values), '')}"
        yield _text(x + _WIDTH - 14, y + 44, span, "soft small end")
    yield "</g>"


def _scale(values: Sequence[float], target: float | None) -> tuple[float, float]:
    """The least and the most that a chart shows: a tenth of its value at least, so that noise looks like noise."""
    all_values = [*values, *([target] if target is not None else [])]
    low, high = min(all_values), max(all_values)
    room = max((high - low) * 0.1, high * 0.05, 1e-9)
    return low - room, high + room


def _dot(x: float, y: float, entry: Entry, last: Figure) -> str:
    told = f"{entry}: {entry.figures[last.name].line()}"
    kind = "dot dirty" if entry.dirty else "dot"
    return f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="2.8"><title>{escape(told)}</title></circle>'


def _counts(rows_of: Sequence[Series], entries: Sequence[Entry], y: float) -> Iterator[str]:
    """Two columns of rows: name, steps, value; one that grew since its entry before stands out."""
    rows = -(-len(rows_of) // 2)
    height, half = 44 + rows * _ROW, (_PAGE - 2 * _GAP) / 2
    yield _card(_GAP, y, _PAGE - 2 * _GAP, height)
    yield _text(_GAP + 14, y + 24, "Counts, which depend on no machine", "value")
    for number, series in enumerate(rows_of):
        x, row = _GAP + number // rows * half, y + 54 + number % rows * _ROW
        values = [value for _, value in series.points]
        grew = len(values) > 1 and counts.grew(series.last.name, values[-2], values[-1])
        yield _text(x + 14, row, _short(series.last.what, 52))
        yield _text(x + half - 20, row, shown(values[-1], ""), "end bad" if grew else "end")
        low, high, step = min(values), max(values), 90 / max(1, len(entries) - 1)
        ups = [(x + half - 170 + at * step, row - 10 * (v - low) / (high - low or 1)) for at, v in series.points]
        yield f'<polyline class="line" points="{" ".join(f"{px:.1f},{py:.1f}" for px, py in ups)}"/>'
        yield _line("rule", x + 14, row + 6, x + half - 20, row + 6)


def _card(x: float, y: float, width: float, height: float) -> str:
    return f'<rect class="card" x="{x}" y="{y}" width="{width}" height="{height}" rx="8"/>'


def _text(x: float, y: float, text: str, kind: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}">{escape(text)}</text>'


def _line(kind: str, x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _short(text: str, most: int) -> str:
    """Without its middle where it is too long: names differ at their ends."""
    return text if len(text) <= most else f"{text[: most - 24]}…{text[-23:]}"
