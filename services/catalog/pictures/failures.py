"""Why a picture could not be fetched: a kebab-case code for programs, and a sentence for the person who imports."""

from __future__ import annotations


class NotFetched(Exception):
    """The picture could not be fetched. `lasting`: another try later will not help."""

    lasting = True

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class TemporaryFailure(NotFetched):
    """A server was down or slow: another try may help."""

    lasting = False
