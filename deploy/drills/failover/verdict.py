"""What a case of the drill measured, and what of it breaks the promise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

# Promise P15: seconds until writes are acknowledged again, and the share of catalog reads that are answered meanwhile.
WRITES_WITHIN, READS_ANSWERED = 60.0, 0.99
REFUSED = "503 dependency-unavailable"


@dataclass
class Outcome:
    """`primary` and `write` are seconds from the fault until there was another primary, and a write was acknowledged.

    `direct` says how the old primary answered writes that were sent to it alone.
    """

    primary: float
    write: float
    reads: int
    reads_answered: int
    statuses: Counter[str]
    slowest: float
    orders: int
    lost: list[str]
    unknown: Counter[str]
    direct: str
    books: list[str]
    complaints: list[str]

    def lines(self) -> Iterator[str]:
        """The figures, to be printed."""
        yield f"another primary after {self.primary:.1f} s, the first acknowledged write after {self.write:.1f} s"
        yield f"catalog reads answered meanwhile: {self.reads_answered} of {self.reads} ({self.share:.1%})"
        yield f"answers to buyers: {dict(sorted(self.statuses.items()))}; the slowest took {self.slowest:.1f} s"
        yield (
            f"orders acknowledged {self.orders}, lost {len(self.lost)}; "
            f"with an unknown outcome at first {self.unknown.total()}, which ended as {dict(self.unknown)}"
        )
        yield f"writes straight to the old primary: {self.direct}"
        yield f"books: {'; '.join(self.books[:5]) or 'they agree'}"

    @property
    def share(self) -> float:
        """The share of catalog reads that were answered."""
        return self.reads_answered / self.reads if self.reads else 0.0

    def faults(self) -> list[str]:
        """What breaks the promise; empty where it is kept."""
        found = [f"acknowledged order {order} is lost" for order in self.lost]
        if self.write > WRITES_WITHIN:
            found.append(f"writes came back after {self.write:.1f} s, later than {WRITES_WITHIN:.0f} s")
        if self.share < READS_ANSWERED:
            found.append(f"{self.share:.1%} of catalog reads were answered, less than {READS_ANSWERED:.0%}")
        bare = [f"{count} times {status}" for status, count in self.statuses.items() if _is_bare(status)]
        return [*found, *(f"buyers were answered {each}" for each in bare), *self.books, *self.complaints]


def _is_bare(status: str) -> bool:
    """Whether an answer is neither right nor the one refusal that a missing database may bring."""
    return not status[0].isdigit() or (status.startswith("5") and status != REFUSED)
