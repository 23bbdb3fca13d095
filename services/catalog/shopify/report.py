"""Collects the findings of one reading, without letting a hostile file fill the memory."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from catalog.shopify.model import RowProblem, Severity

MAX_REMARKS = 20_000


@dataclass(slots=True)
class Report:
    """Every refused row is kept (once); remarks are kept up to MAX_REMARKS, the rest are counted.

    `handle` and `column` mean the same as in RowProblem.
    """

    _refused: dict[int, RowProblem] = field(default_factory=dict)
    _remarks: list[RowProblem] = field(default_factory=list)
    _unkept: int = 0
    _tallies: dict[str, tuple[RowProblem, int]] = field(default_factory=dict)

    def refuse(self, row: int, code: str, message: str, *, handle: str = "", column: str | None = None) -> None:
        """The first reason of a row stands; later ones are consequences."""
        self._refused.setdefault(row, RowProblem(row, handle, column, code, message, "refused"))

    def change(self, row: int, code: str, message: str, *, handle: str = "", column: str | None = None) -> None:
        self._remark(RowProblem(row, handle, column, code, message, "changed"))

    def notice(self, row: int, code: str, message: str, *, handle: str = "", column: str | None = None) -> None:
        self._remark(RowProblem(row, handle, column, code, message, "notice"))

    def tally(
        self,
        severity: Severity,
        row: int,
        code: str,
        message: str,
        *,
        handle: str = "",
        column: str | None = None,
    ) -> None:
        """For what repeats down a whole file: one finding at its first row, with the number of the others."""
        first, count = self._tallies.get(code, (RowProblem(row, handle, column, code, message, severity), 0))
        self._tallies[code] = (first, count + 1)

    def is_refused(self, row: int) -> bool:
        return row in self._refused

    def finish(self) -> list[RowProblem]:
        """All findings by row."""
        found = [*self._refused.values(), *self._remarks]
        for first, count in self._tallies.values():
            more = f" The same holds for {count - 1} more." if count > 1 else ""
            found.append(replace(first, message=first.message + more))
        if self._unkept:
            message = f"{self._unkept} further remarks are not listed. Solve the ones listed, then import again."
            found.append(RowProblem(1, "", None, "remarks_not_listed", message, "notice"))
        return sorted(found, key=lambda problem: problem.row)

    def _remark(self, problem: RowProblem) -> None:
        if len(self._remarks) < MAX_REMARKS:
            self._remarks.append(problem)
        else:
            self._unkept += 1
