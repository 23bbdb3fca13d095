"""The page of charts and alerts, drawn from Prometheus.

The browser names a range alone; the queries are those of mercat/observe/panels.yaml.
"""

from __future__ import annotations

import asyncio
import math
import os
import re
import time
from typing import TYPE_CHECKING, Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from chassis.values import exponent
from mercat.installation import command_line
from mercat.observe import panels
from mercat.portal import responses
from mercat.portal.responses import escape

if TYPE_CHECKING:
    import aiohttp

_TIMEOUT_SECONDS = 8
_CONNECTIONS = 4
_MAX_LINES = 16
_RUNBOOK = re.compile(r"[A-Za-z]{1,60}")
_OFF = f"The store is not observed. To switch it on: {command_line.mercat_command('up --observe')}"
_AWAY = (
    f"Prometheus does not answer. What runs: {command_line.mercat_command('status')}; "
    f"what it says: {command_line.mercat_command('logs prometheus')}"
)


def index(_request: Request) -> Response:
    """The page; its script loads the data."""
    return responses.page("observe", {"groups": "\n".join(map(_group, panels.GROUPS))}, title="Charts and alerts")


def _group(group: panels.Group) -> str:
    charts = [
        responses.fragment("chart", {"id": panel.id, "unit": panel.unit, "title": escape(panel.title)})
        for panel in group.panels
    ]
    return f'<h2>{escape(group.title)}</h2>\n<div class="charts">{"".join(charts)}</div>'


async def data(request: Request) -> Response:
    """The lines of every chart and the alerts: `?range=` is a name of `panels.RANGES`, 1h by default."""
    chosen = panels.RANGES.get(request.query_params.get("range", "1h"))
    if chosen is None:
        return responses.problem(422, f"range must be one of: {', '.join(panels.RANGES)}.")
    if not (request.app.state.state / "observed").exists():
        return responses.json_response({"state": "off", "message": _OFF})
    import aiohttp

    try:
        async with asyncio.timeout(_TIMEOUT_SECONDS):
            return responses.json_response(await _measured(chosen))
    except (aiohttp.ClientError, TimeoutError, msgspec.MsgspecError):
        return responses.json_response({"state": "away", "message": _AWAY})


async def _measured(chosen: tuple[int, int, int]) -> dict[str, Any]:
    import aiohttp

    length, step, window = chosen
    end = int(time.time()) // step * step
    times = list(range(end - length, end + step, step))
    connector = aiohttp.TCPConnector(limit=_CONNECTIONS)
    # nosemgrep: request-without-timeout -- the page as a whole has one
    async with aiohttp.ClientSession(os.environ["PORTAL_PROMETHEUS_URL"], connector=connector) as session:
        shown = [panel for group in panels.GROUPS for panel in group.panels]
        found = await asyncio.gather(
            _alerts(session), *(_lines(session, panel, times, step, window) for panel in shown)
        )
    lines = {panel.id: each for panel, each in zip(shown, found[1:], strict=True)}
    return {"state": "ok", "times": times, "panels": lines, "alerts": found[0]}


async def _ask(session: aiohttp.ClientSession, path: str, **params: str) -> Any:
    async with session.get(f"/api/v1/{path}", params=params) as answer:
        answer.raise_for_status()
        return msgspec.json.decode(await answer.read())["data"]


async def _lines(
    session: aiohttp.ClientSession, panel: panels.Panel, times: list[int], step: int, window: int
) -> list[dict[str, Any]]:
    """The lines of one chart: their names and a value for each of `times`, None where there is none."""
    found = []
    for name, query in panel.expressions(window).items():
        asked = {"query": query, "start": str(times[0]), "end": str(times[-1]), "step": str(step)}
        for line in (await _ask(session, "query_range", **asked))["result"]:
            label = re.sub(r"{(\w+)}", lambda given, of=line["metric"]: of.get(given[1], ""), name)  # type: ignore[misc]
            divisor = 10 ** exponent(label) if panel.unit == "money" else 1
            values = {int(moment): _number(text) for moment, text in line["values"]}
            points = [None if (value := values.get(moment)) is None else value / divisor for moment in times]
            found.append((label, points))
    largest = sorted(found, key=lambda line: max((value or 0 for value in line[1]), default=0), reverse=True)
    return [{"name": label, "values": points} for label, points in largest[:_MAX_LINES]]


def _number(text: str) -> float | None:
    """A sample; None for what cannot be drawn."""
    value = float(text)
    return value if math.isfinite(value) else None


async def _alerts(session: aiohttp.ClientSession) -> list[dict[str, Any]]:
    """The alerts that are raised or wait for their time to pass, without the one that is always raised."""
    found = [each for each in (await _ask(session, "alerts"))["alerts"] if each["labels"]["alertname"] != "Watchdog"]
    texts = ("summary", "impact")
    return [
        {
            "name": each["labels"]["alertname"],
            "severity": each["labels"].get("severity", ""),
            "state": each["state"],
            "since": each["activeAt"],
            **{name: each["annotations"].get(name, "") for name in texts},
        }
        for each in sorted(found, key=lambda each: (each["state"] != "firing", each["activeAt"]))
    ]


def runbook(request: Request) -> Response:
    """What to do about an alert: its file in docs/runbooks, as a page."""
    from markdown_it import MarkdownIt

    name = request.path_params["name"]
    path = request.app.state.root / "docs" / "runbooks" / f"{name}.md"
    if not _RUNBOOK.fullmatch(name) or not path.is_file():
        return responses.problem(404, "There is no such runbook.")
    text = MarkdownIt("commonmark", {"html": False}).enable("table").render(path.read_text(encoding="utf-8"))
    return responses.page("runbook", {"text": text}, title=name)


routes = [
    Route("/observe", index),
    Route("/observe/data", data),
    Route("/observe/runbooks/{name}", runbook),
]
