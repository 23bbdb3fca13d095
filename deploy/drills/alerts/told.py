"""What the operators are told: messages to a receiver that stands in for Slack, and mails on the portal's mail page."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from aiohttp import web

from mercat.observe.configuration import MAIL_TO
from proofs.store import ProofStore

_TEMPLATE = re.compile(r"{{.*?}}")
# Characters of a text between two values that say too little.
_SHORT = 8


@dataclass
class Slack:
    """The receiver: `url` is its webhook, `messages` are the title and text of each message."""

    url: str = ""
    messages: list[str] = field(default_factory=list)

    async def receive(self, request: web.Request) -> web.Response:
        """Keep a message."""
        body: dict[str, Any] = await request.json()
        self.messages += [f"{each['title']}\n{each['text']}" for each in body["attachments"]]
        return web.Response(text="ok")


@asynccontextmanager
async def slack() -> AsyncIterator[Slack]:
    """Listen on loopback for as long as the block runs."""
    receiver, app = Slack(), web.Application()
    app.router.add_post("/hook", receiver.receive)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
        yield receiver
    finally:
        await runner.cleanup()


@dataclass
class Mails:
    """The mails to the operators so far, by id: the store's page shows the last hundred."""

    store: ProofStore
    found: dict[str, str] = field(default_factory=dict)

    async def read(self) -> list[str]:
        """Subject and text of each, the oldest first."""
        for mail in reversed(await self.store.mails(MAIL_TO)):
            self.found.setdefault(mail["id"], f"{mail['subject']}\n{mail['text']}")
        return list(self.found.values())


def expected(rules: Path, alert: str, severity: str) -> list[list[str]]:
    """What a message must say, for each rule that raises the alert: its runbook, and what is fixed of its texts."""
    found = []
    for path in sorted(rules.glob("*.yaml")):
        for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]:
            for rule in group["rules"]:
                if rule.get("alert") == alert and rule["labels"]["severity"] == severity:
                    parts = [_TEMPLATE.split(rule["annotations"][name]) for name in ("summary", "impact")]
                    fixed = [part.strip(" .") for text in parts for part in text if len(part) > _SHORT]
                    found.append([f"/observe/runbooks/{alert}", *fixed])
    if not found:
        raise ValueError(f"no rule makes a {severity} of {alert}")
    return found


def says(message: str, wanted: list[list[str]]) -> bool:
    """Whether a message says all that one of the rules wants."""
    return any(all(part in message for part in parts) for parts in wanted)


def about(messages: list[str], word: str, alert: str) -> list[str]:
    """The messages whose title begins with the word, PAGE, TICKET or RESOLVED, and names the alert."""
    return [each for each in messages if re.match(rf"{word} laptop: {alert}\b", each)]
