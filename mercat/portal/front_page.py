"""The front page: the processes that run, addresses, and first steps."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mercat.portal import responses
from mercat.portal.responses import escape
from mercat.stack.status_file import ProcessStatus, StackStatus, StatusFile

_LABELS = {
    "ready": ("well", "running"),
    "restarting": ("ill", "restarting"),
    "failed": ("ill", "failed"),
    "starting": ("soon", "starting"),
    "waiting": ("soon", "waiting"),
}


def index(request: Request) -> Response:
    """The page, from the supervisor's status file."""
    status = StatusFile(request.app.state.state / "run").read()
    parts = [entry for entry in status.entries if not entry.once] if status else []
    values = {
        "parts": "\n".join(map(_part, parts)) or "<li>The supervisor has not said yet.</li>",
        "summary": escape(_summary(parts)),
        "health": "ill" if any(_word(part)[0] == "ill" for part in parts) else "well",
        "addresses": "\n".join(_address(label, url) for label, url in _addresses(status)),
    }
    return responses.page("front", values, title="Your store")


def _word(entry: ProcessStatus) -> tuple[str, str]:
    return _LABELS.get(entry.condition, ("soon", entry.condition))


def _summary(parts: list[ProcessStatus]) -> str:
    well = sum(part.condition == "ready" for part in parts)
    if parts and well == len(parts):
        return f"All {well} parts are running"
    return f"{well} of {len(parts)} parts are running"


def _part(entry: ProcessStatus) -> str:
    kind, word = _word(entry)
    port = f"<span class=port>{entry.port}</span>" if entry.port else ""
    return (
        f'<li class="{kind}"><b>{escape(entry.name)}</b> <span class=about>{escape(entry.about)}</span>{port}'
        f"<span class=state>{escape(word)}</span></li>"
    )


def _addresses(status: StackStatus | None) -> list[tuple[str, str]]:
    return list(status.addresses.items()) if status else []


def _address(label: str, url: str) -> str:
    shown = f'<a href="{escape(url)}">{escape(url)}</a>' if url.startswith("http") else escape(url)
    return f"<dt>{escape(label)}</dt><dd>{shown}</dd>"


def state(request: Request) -> Response:
    """The processes and their conditions as JSON, without process ids."""
    status = StatusFile(request.app.state.state / "run").read()
    parts = [entry for entry in status.entries if not entry.once] if status else []
    found = [{"name": part.name, "condition": part.condition, "what": part.description} for part in parts]
    return responses.json_response({"phase": status.phase if status else "unknown", "parts": found})


routes = [Route("/_portal/state", state)]
