"""Cases: refunds, disputes and fraud warnings that are made at the provider after a capture."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from payments.domain.movement import Movement

Kind = Literal["refund", "dispute", "fraud_warning"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """As the provider has it now. `amount` in minor units; of a warning 0, as it names none. `due_by`, and
    `movements` of the balance: of a dispute.

    `refund_id`, `payment_id`: what the metadata of a refund name as ours; not verified.
    """

    id: str
    kind: Kind
    intent_id: str
    status: str
    reason: str | None
    amount: int
    currency: str
    due_by: datetime | None
    created_at: datetime
    movements: tuple[Movement, ...] = ()
    refund_id: UUID | None = None
    payment_id: UUID | None = None
