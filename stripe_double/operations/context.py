"""The context of an operation: what it knows of the call besides its parameters."""

from __future__ import annotations

from dataclasses import dataclass, field

from stripe_double.controls.faults import WebhookFaults
from stripe_double.controls.settlement import Settlement
from stripe_double.webhooks.destination import Destination


@dataclass(frozen=True, slots=True)
class Context:
    """Data of one call: time, request id, idempotency key, destination and faults of its events.

    `public`: the caller has the publishable key and gets reduced objects. `refunds_need_funds`: a refund waits until
    the available balance covers it. `settlement`: in which currency the balance has each amount.
    """

    base: str
    faults: WebhookFaults
    now: float
    request: str | None = None
    key: str | None = None
    public: bool = False
    refunds_need_funds: bool = False
    destination: Destination = field(default_factory=lambda: Destination(None))
    settlement: Settlement = field(default_factory=Settlement)
