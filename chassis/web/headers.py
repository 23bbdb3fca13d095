"""The headers of a request, looked up by name."""

from __future__ import annotations

from starlette.types import Scope


class Headers(dict[bytes, bytes]):
    """By their names in lower case; of several with one name, the first. Made once for each request."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(reversed(scope["headers"]))

    def text(self, name: bytes) -> str | None:
        """The value, each byte as one character."""
        value = self.get(name)
        return None if value is None else value.decode("latin-1")
