"""Sends the examples of the API's document in order, and keeps of the answers what later requests need."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp

from proofs.api_document import ApiDocument, Request
from proofs.steps import Step
from proofs.store import ProofStore
from proofs.waiting import eventually


class ExampleClient:
    """Sends examples in order; `known` holds the values of earlier answers that later requests need."""

    def __init__(self, store: ProofStore, http: aiohttp.ClientSession, document: ApiDocument) -> None:
        self.store, self.http, self.document = store, http, document
        self.known: dict[str, Any] = {}
        self.called: set[str] = set()
        self.complaints: list[str] = []

    async def send(self, *steps: Step) -> None:
        """Make the requests of these steps, in order, each as the OpenAPI document's example shows it."""
        for step in steps:
            self.called.add(step.operation)
            # Each request has a new idempotency key.
            self.known["Idempotency-Key"] = str(uuid.uuid4())
            fields = {name: self.known[kept] for name, kept in step.send.items()}
            request = self.document.request(step.operation, self.known, fields)
            status, content_type, body = await self._send(request)
            wrong = self.document.complaint(step.operation, status, content_type, body)
            if not wrong and (status != step.expect if step.expect else status >= 400):
                wrong = f"{status}: {body}"
            if wrong:
                self.complaints.append(f"{step.operation}: {request.method} {request.path}: {wrong}")
            else:
                self._keep(step, body)

    def _keep(self, step: Step, body: Any) -> None:
        try:
            self.known |= {name: _found(body, path) for name, path in step.keep.items()}
        except (IndexError, KeyError):
            self.complaints.append(f"{step.operation}: one of {[*step.keep.values()]} is not in {str(body)[:300]}")

    async def _send(self, request: Request) -> tuple[int, str, Any]:
        headers = dict(request.headers)
        if "Authorization" in self.known:
            headers["Authorization"] = f"Bearer {self.known['Authorization']}"
        sent: dict[str, Any] = {"json": request.body} if request.body is not None else {}
        if isinstance(request.body, str | bytes):
            sent = {"data": request.body.encode() if isinstance(request.body, str) else request.body}
            headers["Content-Type"] = str(request.content_type)
        async with self.http.request(
            request.method, self.store.https + request.path, headers=headers, **sent
        ) as answer:
            body = await answer.json(content_type=None) if "json" in answer.content_type else await answer.read()
            return answer.status, answer.content_type, body

    async def until(self, check: Callable[[], Awaitable[Any]], what: str) -> Any:
        """Wait until the check gives something, and return it; None, and a complaint, where it does not."""
        try:
            return await eventually(check, 30, what)
        except TimeoutError as late:
            self.complaints.append(str(late))
            return None

    def forget(self, *names: str) -> None:
        """Remove known values."""
        for name in names:
            self.known.pop(name, None)


def _found(body: Any, path: str) -> Any:
    for part in path.split("."):
        body = body[int(part)] if part.isdigit() else body[part]
    return body if isinstance(body, dict | int) else str(body).rpartition("/")[2]  # of a URL, the last part
