"""Asks the provider for refunds in this process, at once after the commit that stores them."""

from __future__ import annotations

from payments.refunds.domain.refund import Refund
from payments.settling import AtOnce


class RefundSettling(AtOnce[Refund]):
    """Refunds that were asked for."""

    what = "refund"
