"""A measured figure: a name that stays the same from run to run, and the lines that tell it to a person."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import msgspec

# `cpu`: time on the CPU; `time`: by the clock. A ratio is of two figures of one run, so it hardly depends on the
# machine; a count not at all.
Kind = Literal["ratio", "cpu", "time", "memory", "rate", "count"]


class Figure(msgspec.Struct, frozen=True, omit_defaults=True):
    """One value. `of` names the figure that it is a part of, or is computed into; parts are told in one line.

    `target` is the most that it should be, or with `rising` the least. `spread`: (max - min) / median of its rounds.
    """

    name: str
    what: str
    value: float
    unit: str
    kind: Kind
    target: float | None = None
    spread: float | None = None
    of: str = ""
    note: str = ""
    rising: bool = False

    @property
    def reached(self) -> bool:
        """Whether it is within its target; without one it is."""
        if self.target is None:
            return True
        return self.value >= self.target if self.rising else self.value <= self.target

    def told(self) -> str:
        """Its value with its unit."""
        return shown(self.value, self.unit)

    def line(self) -> str:
        """All of it for a person, parts aside."""
        more = [self._against_target(), f"spread {self.spread:.0%}" if self.spread is not None else "", self.note]
        behind = "; ".join(filter(None, more))
        return f"{self.what}: {self.told()}" + (f" ({behind})" if behind else "")

    def _against_target(self) -> str:
        if self.target is None:
            return ""
        verdict = "reached" if self.reached else f"missed by {abs(self.value / self.target - 1):.0%}"
        return f"target {'>=' if self.rising else '<='} {self.target:g}{'x' if self.unit == 'x' else ''}: {verdict}"


def shown(value: float, unit: str) -> str:
    """A value with its unit, by three digits."""
    if unit == "x":
        return f"{value:.2f}x"
    return (
        f"{value:,.0f} {unit}".rstrip() if abs(value) >= 100 or value == int(value) else f"{value:.3g} {unit}".rstrip()
    )


def lines(figures: Sequence[Figure]) -> Iterator[str]:
    """A line for each figure, and one for its parts, without a unit where it is the figure's."""
    units = {figure.name: figure.unit for figure in figures}
    for of, some in itertools.groupby(figures, lambda figure: figure.of):
        if of:
            yield "  of which: " + ", ".join(_part(part, units.get(of, "")) for part in some)
        else:
            yield from (figure.line() for figure in some)


def _part(part: Figure, unit: str) -> str:
    value = shown(part.value, "" if part.unit == unit else part.unit)
    return f"{part.what} {value}" + ("" if part.spread is None else f" (spread {part.spread:.0%})")


def parts_of(whole: Figure, parts: Mapping[str, float]) -> list[Figure]:
    """A figure and its parts by their names, the largest first."""
    falling = sorted(parts.items(), key=lambda part: -part[1])
    return [whole, *(Figure(f"{whole.name}.{n}", n, v, whole.unit, whole.kind, of=whole.name) for n, v in falling)]
