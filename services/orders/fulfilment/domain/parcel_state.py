"""The states of a parcel: it is sent, then delivered; until then it can be cancelled, which gives its pieces back."""

from __future__ import annotations

from enum import StrEnum


class ParcelStatus(StrEnum):
    """Where a parcel is."""

    SENT = "sent"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


class ParcelStep(StrEnum):
    """What staff do with a parcel."""

    DELIVER = "deliver"
    CANCEL = "cancel"


_AFTER = {ParcelStep.DELIVER: ParcelStatus.DELIVERED, ParcelStep.CANCEL: ParcelStatus.CANCELLED}


def after(status: ParcelStatus, step: ParcelStep) -> ParcelStatus | None:
    """The status after a step; the same again changes nothing; None: it is too late for this."""
    wanted = _AFTER[step]
    return wanted if status in {ParcelStatus.SENT, wanted} else None
