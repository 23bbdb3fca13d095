"""Sends every operation of a service what it should refuse."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fastapi.routing import APIRoute

from chassis.testing.apps import RunningApp
from chassis.web import queries


async def takes_any_query(service: RunningApp) -> list[str]:
    """The operations that let pass a query parameter that they do not have, or twice one that they take once."""
    complaints = []
    for method, path, query, field in _requests(service):
        answer = await service.client.request(method, f"{path}?{query}", headers=service.caller("stranger"))
        fields = [error["field"] for error in answer.json().get("errors", ())] if answer.status_code == 422 else []
        if field not in fields:
            complaints.append(f"{method} {path}?{query}: {answer.status_code} {answer.text[:200]}")
    return complaints


def _requests(service: RunningApp) -> Iterator[tuple[str, str, str, str]]:
    """Method, path, query, and the field that the refusal is to name."""
    for route in service.app.routes:
        if isinstance(route, APIRoute):
            declared = queries.of_route(route)
            path = re.sub(r"\{[^}]+\}", "x", route.path)
            for method in sorted(route.methods or ()):
                yield method, path, "no_such=1", "query.no_such"
                for name in declared.names:
                    if name not in declared.lists:
                        yield method, path, f"{name}=1&{name}=1", f"query.{name}"
