"""Cases: refunds, disputes and fraud warnings that are made at the provider after a capture."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Kind = Literal["refund", "dispute", "fraud_warning"]

# Statuses of a refund that did not happen.
_UNDONE = frozenset({"failed", "canceled"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """As the provider has it now. `amount` in minor units; of a warning 0, as it names none. `due_by`: of a dispute."""

    id: str
    kind: Kind
    intent_id: str
    status: str
    reason: str | None
    amount: int
    currency: str
    due_by: datetime | None
    created_at: datetime

    @property
    def refunds(self) -> int:
        """How much of the payment went back by it."""
        return self.amount if self.kind == "refund" and self.status not in _UNDONE else 0
