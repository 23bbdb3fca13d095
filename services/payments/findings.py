"""What a check of the set-up has found."""

from __future__ import annotations

from typing import Literal, NamedTuple

Verdict = Literal["ok", "look", "wrong"]


class Check(NamedTuple):
    """The result of one check, with what to do where it is not ok."""

    verdict: Verdict
    text: str

    def __str__(self) -> str:
        return f"{ {'ok': 'ok   ', 'look': 'look ', 'wrong': 'WRONG'}[self.verdict] } {self.text}"
