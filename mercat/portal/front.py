"""The front page: what runs, where to look, what to try first."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mercat import show
from mercat.board import Board, Entry, Status
from mercat.portal import answers
from mercat.portal.answers import text

_WORDS = {
    "ready": ("well", "running"),
    "restarting": ("ill", "restarting"),
    "failed": ("ill", "failed"),
    "starting": ("soon", "starting"),
    "waiting": ("soon", "waiting"),
}


# Built by a bundler, or as it was written.
_PLACES = ("web/dist", "web/storefront")


def shop_folder(root: Path) -> Path | None:
    """Where the storefront lies; None when there is none."""
    places = (root / place for place in _PLACES)
    return next((place for place in places if (place / "index.html").is_file()), None)


def index(request: Request) -> Response:
    """What runs, from the supervisor's own board."""
    status = Board(request.app.state.state / "run").read()
    parts = [entry for entry in status.entries if not entry.once] if status else []
    values = {
        "product_page": "/products/" if shop_folder(request.app.state.root) else "/api/v1/products/",
        "parts": "\n".join(map(_part, parts)) or "<li>The supervisor has not said yet.</li>",
        "summary": text(_summary(parts)),
        "health": "ill" if any(_word(part)[0] == "ill" for part in parts) else "well",
        "addresses": "\n".join(_address(label, url) for label, url in _addresses(status)),
    }
    return answers.page("front", values, title="Your store")


def _word(entry: Entry) -> tuple[str, str]:
    return _WORDS.get(entry.condition, ("soon", entry.condition))


def _summary(parts: list[Entry]) -> str:
    well = sum(part.condition == "ready" for part in parts)
    if parts and well == len(parts):
        return f"All {well} parts are running"
    return f"{well} of {len(parts)} parts are running"


def _part(entry: Entry) -> str:
    kind, word = _word(entry)
    port = f"<span class=port>{entry.port}</span>" if entry.port else ""
    return (
        f'<li class="{kind}"><b>{text(entry.name)}</b> <span class=about>{text(entry.about)}</span>{port}'
        f"<span class=state>{text(word)}</span></li>"
    )


def _addresses(status: Status | None) -> list[tuple[str, str]]:
    return list(status.addresses.items()) if status else []


def _address(label: str, url: str) -> str:
    shown = f'<a href="{text(url)}">{text(url)}</a>' if url.startswith("http") else text(url)
    return f"<dt>{text(label)}</dt><dd>{shown}</dd>"


def state(request: Request) -> Response:
    """The parts and their condition as JSON, without process ids."""
    status = Board(request.app.state.state / "run").read()
    parts = [entry for entry in status.entries if not entry.once] if status else []
    found = [{"name": part.name, "condition": part.condition, "what": show.happening(part)} for part in parts]
    return answers.data({"phase": status.phase if status else "unknown", "parts": found})


routes = [Route("/_portal/state", state)]
