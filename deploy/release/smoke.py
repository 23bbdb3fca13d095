"""The smoke test: what a shopper would notice first, asked from outside through the edge."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import httpx
import yaml

from deploy.refusal import Refusal
from deploy.release.environment import Environment
from deploy.release.planned import services
from deploy.terminal import Terminal

_EACH_SECONDS = 10.0
_BETWEEN_SECONDS = 1.0


class Smoke(Refusal):
    """A question was not answered rightly in time."""


@dataclass(frozen=True)
class Asked:
    """How to ask: url, if not at the shop's own address; at and seconds as `ask` takes them; or not at all."""

    url: str = ""
    at: str = ""
    seconds: float = 60.0
    left_out: bool = False


def asked(how: Asked, environment: Environment, terminal: Terminal) -> None:
    """Ask an environment's shop.

    Raises:
        Smoke: with the question and its last answer.
    """
    if how.left_out:
        terminal.say("  left out: --no-smoke", "yellow")
        return
    ask(how.url or address(environment), terminal, seconds=how.seconds, at=how.at)


def address(environment: Environment) -> str:
    """Where shoppers go."""
    settings = yaml.safe_load(environment.file.read_text(encoding="utf-8"))
    return f"https://{environment.handover.get('domain') or settings['domain']}"


def ask(url: str, terminal: Terminal, *, seconds: float = 60.0, at: str = "") -> None:
    """Ask each question until it is answered rightly, for so long in all.

    at: host:port to connect to in place of the URL's, as `curl --resolve --insecure` does: no certificate is verified.

    Raises:
        Smoke: with the question and its last answer.
    """
    deadline = time.monotonic() + seconds
    name, headers = urlsplit(url).hostname or "", {"User-Agent": "mercat-smoke"}
    base, more = (f"https://{at}", {"Host": name}) if at else (url, {})

    def named(request: httpx.Request) -> None:
        request.extensions["sni_hostname"] = name

    hooks = {"request": [named] if at else []}
    with httpx.Client(
        base_url=base, timeout=_EACH_SECONDS, headers=headers | more, verify=not at, event_hooks=hooks
    ) as client:
        for title, question in _questions(client):
            while wrong := _asked(question):
                if time.monotonic() + _BETWEEN_SECONDS > deadline:
                    raise Smoke(f"{url}: {title}: {wrong}")
                time.sleep(_BETWEEN_SECONDS)  # an edge hears of new pods a moment later
            terminal.say(f"  ✓ {title}", "green")


def _asked(question: Callable[[], str]) -> str:
    """What is wrong with the answer; empty: nothing."""
    try:
        return question()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError) as error:
        return f"{type(error).__name__}: {error}"


def _questions(client: httpx.Client) -> Iterator[tuple[str, Callable[[], str]]]:
    yield "the shop's page", partial(_page, client)
    yield "the list of products", partial(_products, client)
    for name, path in _public():
        yield f"{name} at {path}", partial(_answers, client, path)
    yield "a cart", partial(_cart, client)


def _page(client: httpx.Client) -> str:
    answer = client.get("/")
    html = answer.headers.get("content-type", "").startswith("text/html")
    return "" if answer.status_code == 200 and html else _got(answer)


def _products(client: httpx.Client) -> str:
    answer = client.get("/api/v1/products")
    return "" if answer.status_code == 200 and isinstance(answer.json()["items"], list) else _got(answer)


def _answers(client: httpx.Client, path: str) -> str:
    answer = client.get(path)
    return "" if answer.status_code == 200 else _got(answer)


def _cart(client: httpx.Client) -> str:
    """Begin one and read it. A cart that is left expires."""
    made = client.post("/api/v1/cart")
    if made.status_code != 201:
        return _got(made)
    read = client.get("/api/v1/cart", headers={"Cart-Token": made.json()["cart_token"]})
    return "" if read.status_code == 200 else _got(read)


def _public() -> Iterator[tuple[str, str]]:
    """Of each service with an API, the first address that its OpenAPI document lets everybody read."""
    for file in services():
        document = file.with_name("openapi.json")
        if not document.is_file():
            continue
        paths = json.loads(document.read_text(encoding="utf-8"))["paths"]
        routes = yaml.safe_load(file.read_text(encoding="utf-8"))["routes"]
        open_to_all = [
            path for path, methods in paths.items() if _is_public(path, methods) and _is_routed(path, routes)
        ]
        if open_to_all:
            yield file.parent.name, min(open_to_all)


def _is_public(path: str, methods: dict[str, Any]) -> bool:
    return "{" not in path and "get" in methods and not methods["get"].get("security")


def _is_routed(path: str, routes: list[str]) -> bool:
    return any(path == route or path.startswith(f"{route}/") for route in routes)


def _got(answer: httpx.Response) -> str:
    return f"{answer.request.method} {answer.request.url.path} answered {answer.status_code}: {answer.text[:200]}"
