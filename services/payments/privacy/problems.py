"""The problems (refusals) of export and erasure."""

from __future__ import annotations

from chassis.problems import Conflict


class ErasureBlocked(Conflict):
    """409: money of these orders is not settled: a payment, a refund, a dispute; extension `reasons`: plain sentences.

    What to do: Show the `reasons`; ask again once they are settled.
    """

    type, title = "erasure-blocked", "Something is open, so nothing can be erased yet"
