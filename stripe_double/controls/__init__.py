"""What decides whether and when a call runs: faults, rate limits, object locks, idempotency keys, the clock."""

from __future__ import annotations

__all__ = ["clock", "faults", "idempotency", "limits", "locks"]
