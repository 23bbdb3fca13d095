"""What the API answers where it does not do as it is asked."""

from __future__ import annotations

from deploy.kubernetes_double.kinds import Key, Object


class Refused(Exception):
    """An answer of kind Status. code: of HTTP; reason: the API's word for it."""

    def __init__(self, code: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.code, self.reason, self.message = code, reason, message

    def document(self) -> Object:
        """The answer's body."""
        about = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure"}
        return {**about, "message": self.message, "reason": self.reason, "code": self.code}


def not_found(key: Key) -> Refused:
    """There is no such object."""
    return Refused(404, "NotFound", f'{key.kind} "{key.name}" not found')


def exists(key: Key) -> Refused:
    """It was to be created, and is there."""
    return Refused(409, "AlreadyExists", f'{key.kind} "{key.name}" already exists')


def conflict(key: Key, why: str) -> Refused:
    """Somebody else has changed it."""
    return Refused(409, "Conflict", f'Operation cannot be fulfilled on {key.kind} "{key.name}": {why}')
