"""What a finding is, and how much harm counts for how much."""

from __future__ import annotations

from dataclasses import dataclass

# So much more harm than a slow answer does each of: an order lost, a request failed, one refused that was not before,
# a search in vain. A judgement.
LOST, FAILED, REFUSED, IN_VAIN, SLOW = 10, 5, 3, 2, 1
# Fewer say nothing.
LEAST = 20


@dataclass(frozen=True)
class Finding:
    """`about`: a route, step, page, term or objective. `harm`: by which findings are ranked."""

    about: str
    what: str
    why: str
    harm: float


def seconds(value: float) -> str:
    """A duration for people."""
    return f"{value * 1000:,.0f} ms" if value < 1 else f"{value:,.1f} s"
