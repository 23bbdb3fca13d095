"""An access token that stays valid for as long as somebody asks."""

from __future__ import annotations

import time
from collections.abc import Callable

# The settings of who asks: the store's URL, and an account. Without an account nobody is signed in.
URL, EMAIL, PASSWORD = "CONTRACT_URL", "CONTRACT_EMAIL", "CONTRACT_PASSWORD"
# Seconds for which a token is used: the shortest life that the setting ACCESS_TOKEN_SECONDS allows is 60. A session
# that was ended by a request is replaced after as long.
SECONDS = 45.0


class SignedIn:
    """Signs in at the first request, and anew once the token is `SECONDS` old. `sign_in()` gives a new token."""

    def __init__(self, sign_in: Callable[[], str], clock: Callable[[], float] = time.monotonic) -> None:
        self._sign_in, self._clock = sign_in, clock
        self._token, self._until = "", 0.0

    def token(self) -> str:
        """A token that is valid."""
        now = self._clock()
        if not self._token or now >= self._until:
            self._token, self._until = self._sign_in(), now + SECONDS
        return self._token
