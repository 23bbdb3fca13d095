"""Collects the findings of reading one file. A hostile file cannot fill the memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from msgspec.structs import replace

from catalog.importing.model import RowProblem

MAX_REMARKS = 20_000


@dataclass(slots=True)
class Report:
    """Each refused row is kept with its first reason; of other findings MAX_REMARKS are kept, the rest are counted."""

    _refused: dict[int, RowProblem] = field(default_factory=dict)
    _remarks: list[RowProblem] = field(default_factory=list)
    _not_kept: int = 0
    _tallies: dict[str, tuple[RowProblem, int]] = field(default_factory=dict)

    def add(self, problem: RowProblem) -> None:
        """Add a finding. Later reasons to refuse a row are consequences of the first, so they are dropped."""
        if problem.severity == "refused":
            self._refused.setdefault(problem.row, problem)
        elif len(self._remarks) < MAX_REMARKS:
            self._remarks.append(problem)
        else:
            self._not_kept += 1

    def tally(self, problem: RowProblem) -> None:
        """For what repeats down a whole file: the first finding of a code is kept, the others are counted."""
        first, count = self._tallies.get(problem.code, (problem, 0))
        self._tallies[problem.code] = (first, count + 1)

    def is_refused(self, row: int) -> bool:
        """Whether a finding refuses the row."""
        return row in self._refused

    def refused_handles(self) -> set[str]:
        """The handles of refused rows; empty for one that names none."""
        return {problem.handle for problem in self._refused.values()}

    def finish(self) -> list[RowProblem]:
        """All findings by row."""
        return sorted([*self._refused.values(), *self._remarks, *self._counted()], key=lambda problem: problem.row)

    def _counted(self) -> Iterator[RowProblem]:
        for first, count in self._tallies.values():
            more = f" The same holds for {count - 1} more." if count > 1 else ""
            yield replace(first, message=first.message + more)
        if self._not_kept:
            message = f"{self._not_kept} further remarks are not listed. Solve the ones listed, then import again."
            yield RowProblem(1, "", None, "remarks_not_listed", message, "notice")
