"""Calls the store over HTTP with JSON; retries requests after 429, 5xx and connection errors."""

from __future__ import annotations

import http.cookiejar
import json
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

TRIES = 5
SECONDS = 30


class ProblemError(Exception):
    """A problem that the store has answered with. `type` is for programs, the message for people."""

    def __init__(self, status: int, document: dict[str, Any]) -> None:
        super().__init__(f"{status} {document.get('type')}: {document.get('detail') or document.get('title')}")
        self.status = status
        self.type = document.get("type", "")
        self.document = document


class Device:
    """A browser with its cookies and access token. `base` is the URL of the store."""

    def __init__(self, base: str) -> None:
        self.base = base.rstrip("/")
        self.access_token: str | None = None
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(cookies)

    def get(self, path: str, *, headers: dict[str, str] | None = None, **query: str) -> Any:
        """The answer to a GET. The store refuses unknown query parameters."""
        address = f"{path}?{urllib.parse.urlencode(query)}" if query else path
        return self._call("GET", address, None, headers)

    def post(self, path: str, body: Any = None, *, headers: dict[str, str] | None = None) -> Any:
        """The answer to a POST. It may be sent twice: use an Idempotency-Key where that matters."""
        return self._call("POST", path, body, headers)

    def put(self, path: str, body: Any, *, headers: dict[str, str] | None = None) -> Any:
        """The answer to a PUT."""
        return self._call("PUT", path, body, headers)

    def _call(self, method: str, path: str, body: Any, headers: dict[str, str] | None) -> Any:
        sent = {"Accept": "application/json", **(headers or {})}
        if self.access_token:
            sent["Authorization"] = f"Bearer {self.access_token}"
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        for number in range(TRIES):
            request = urllib.request.Request(self.base + path, data, sent, method=method)  # noqa: S310 -- http(s), from the command line
            try:
                with self._opener.open(request, timeout=SECONDS) as answer:
                    return _decoded(answer.read())
            except urllib.error.HTTPError as refused:
                problem = ProblemError(refused.code, _decoded(refused.read()) or {})
                if number == TRIES - 1 or not (refused.code == 429 or refused.code >= 500):
                    raise problem from None
                pause = float(refused.headers.get("Retry-After", 0.5 * 2**number))
            except OSError:
                # There was no answer, so the outcome is unknown: the same request is sent again.
                if number == TRIES - 1:
                    raise
                pause = 0.5 * 2**number
            time.sleep(pause)
        raise AssertionError


def _decoded(text: bytes) -> Any:
    return json.loads(text) if text else None
