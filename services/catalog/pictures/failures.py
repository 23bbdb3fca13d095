"""Why a picture could not be fetched: a kebab-case code for programs, and a sentence for the person who imports."""

from __future__ import annotations


class NotFetched(Exception):
    """The picture could not be had. `lasting`: trying again later will not help by itself."""

    lasting = True

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class TemporaryFailure(NotFetched):
    """Something was down or slow: worth another try."""

    lasting = False
