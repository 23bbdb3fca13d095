"""The states of a return, and who may do what in which."""

from __future__ import annotations

from enum import StrEnum


class ReturnStatus(StrEnum):
    """Where a return is. `received`: some of it is still to be looked at; `closed`: all is done."""

    REQUESTED = "requested"
    APPROVED = "approved"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    RECEIVED = "received"
    INSPECTED = "inspected"
    CLOSED = "closed"


class ReturnReason(StrEnum):
    """Why it comes back."""

    CHANGED_MIND = "changed_mind"
    DOES_NOT_FIT = "does_not_fit"
    NOT_AS_DESCRIBED = "not_as_described"
    WRONG_ARTICLE = "wrong_article"
    DAMAGED = "damaged"
    DEFECTIVE = "defective"
    LATE = "late"
    OTHER = "other"


class ReturnStep(StrEnum):
    """What is done with a return. What was received and needs no second look is inspected at once."""

    APPROVE = "approve"
    REFUSE = "refuse"
    CANCEL = "cancel"
    RECEIVE = "receive"
    RECEIVE_ALL = "receive_all"
    INSPECT = "inspect"
    CLOSE = "close"


_S = ReturnStatus
_STEPS: dict[ReturnStep, tuple[frozenset[ReturnStatus], ReturnStatus]] = {
    ReturnStep.APPROVE: (frozenset({_S.REQUESTED}), _S.APPROVED),
    ReturnStep.REFUSE: (frozenset({_S.REQUESTED}), _S.REFUSED),
    ReturnStep.CANCEL: (frozenset({_S.REQUESTED, _S.APPROVED}), _S.CANCELLED),
    ReturnStep.RECEIVE: (frozenset({_S.APPROVED}), _S.RECEIVED),
    ReturnStep.RECEIVE_ALL: (frozenset({_S.APPROVED}), _S.INSPECTED),
    ReturnStep.INSPECT: (frozenset({_S.RECEIVED}), _S.INSPECTED),
    ReturnStep.CLOSE: (frozenset({_S.INSPECTED}), _S.CLOSED),
}
ON_THE_WAY = frozenset({_S.REQUESTED, _S.APPROVED})
"""Their pieces are counted as in return."""
RECEIVED = frozenset({_S.RECEIVED, _S.INSPECTED, _S.CLOSED})
"""Their pieces are counted as returned."""


def after(status: ReturnStatus, step: ReturnStep) -> ReturnStatus | None:
    """The status after a step; the same again changes nothing; None: it is too early or too late for it."""
    begins, ends = _STEPS[step]
    return ends if status in begins or status is ends else None
