"""What the code declares beside tables: fields of events and jobs, log fields, limits, mails, cookies, browser storage.

`python -m tools.tables.declared` prints it as JSON: in a process of its own, whose lists hold nothing of tests.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, get_args
from uuid import UUID

import msgspec

from tools import metrics_page, openapi
from tools.gates.tree import ROOT

_STORAGE = re.compile(r"\b(?:lasting|passing)\.(?:get|set)\((\w+)")
_CONSTANT = re.compile(r'^(?:export )?const (\w+) = "([\w-]+)";', re.MULTILINE)
_BESIDE = re.compile(r"\b(localStorage|sessionStorage|indexedDB|document\.cookie)\b")
_PLAIN = {int, float, bool, datetime, type(None)}
_EXPORTED = re.compile(r'^export const (\w+) = "([\w-]+)";', re.MULTILINE)
_COOKIE = re.compile(r'"(__(?:Host|Secure)-[a-z]+)"')
_SETS_COOKIE = re.compile(r"\.set_cookie\(\s*(\w+)")


class Declared(msgspec.Struct, frozen=True):
    """Of each event and job its fields, with whether anything may stand in them; names of the rest, sorted."""

    events: dict[str, dict[str, bool]]
    jobs: dict[str, dict[str, bool]]
    logs: list[str]
    limits: list[str]
    stripe: list[str]
    mails: list[str]
    cookies: list[str]
    storage: list[str]


@cache
def declared() -> Declared:
    """What the code declares; read in a process of its own, which takes some two seconds."""
    done = subprocess.run(
        [sys.executable, "-m", "tools.tables.declared"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"the code cannot be read: {done.stderr.strip()}")
    return msgspec.json.decode(done.stdout, type=Declared)


def read() -> Declared:
    """The same of this process."""
    metrics_page.load()  # imports all modules, which declare it
    from chassis.limits.limiter import DECISIONS
    from chassis.telemetry import fields

    return Declared(
        events=_events(),
        jobs={name: names for service in openapi.services() for name, names in _jobs(service)},
        logs=sorted(fields.types()),
        limits=sorted({sample.values[0] for sample in DECISIONS.samples()}),
        stripe=sorted(_stripe()),
        mails=sorted(_mails(ROOT)),
        cookies=sorted(cookies(ROOT)),
        storage=sorted(storage(ROOT / "web" / "storefront" / "js")),
    )


def _fields(of: type[msgspec.Struct]) -> dict[str, bool]:
    """Its fields; of numbers and times alone nothing but these can stand in them."""
    return {
        field.name: not {*(get_args(field.type) or (field.type,))} <= _PLAIN for field in msgspec.structs.fields(of)
    }


def _events() -> dict[str, dict[str, bool]]:
    """All fields of each type of event, also those that a follower alone declares."""
    from chassis.outbox import EventData

    found: dict[str, dict[str, bool]] = {}
    for each in EventData.__subclasses__():
        found.setdefault(each.type, {}).update(_fields(each))
    return dict(sorted(found.items()))


def _jobs(service: str) -> Iterator[tuple[str, dict[str, bool]]]:
    table = getattr(sys.modules.get(f"{service}.jobs"), "jobs", None)
    for name, task in sorted(table.tasks.items()) if table else ():
        yield name, _fields(task.payload)


def _stripe() -> Iterator[str]:
    """What a PaymentIntent of an order with all details is created with, and a refund of it."""
    from payments.provider.port import NewIntent, NewRefund
    from payments.provider.stripe_provider import new_intent, new_refund

    nobody = UUID(int=0)
    details: dict[str, Any] = {"number": "M-222222", "email": "a@example.com", "shipping": {"name": "A"}}
    wanted = NewIntent(payment_id=nobody, order_id=nobody, amount=100, currency="EUR", details=details)
    refund = new_refund(NewRefund(nobody, nobody, nobody, "pi_1", 100, "EUR", "duplicate"))
    intent = new_intent(wanted, "SUFFIX", "https://shop.example.com")
    for name, value in (*intent.items(), *refund.items()):
        yield from (f"{name}.{inner}" for inner in value) if name == "metadata" else (name,)


def _mails(root: Path) -> Iterator[str]:
    for path in root.glob("services/*/mail*/templates/*.txt"):
        yield f"{path.relative_to(root).parts[1]}.{path.stem}"


def cookies(root: Path) -> set[str]:
    """The names of cookies in the code of services, and names that a call sets which are none of these."""
    found = set()
    for path in [*root.glob("services/**/*.py"), *root.glob("chassis/**/*.py")]:
        if "tests" not in path.parts:
            source = path.read_text(encoding="utf-8")
            named = {match[1] for match in re.finditer(r'^(\w+) = "__Host-', source, re.MULTILINE)}
            found |= {*_COOKIE.findall(source), *(set(_SETS_COOKIE.findall(source)) - named)}
    return found


def storage(folder: Path) -> set[str]:
    """The names under which pages keep something in the browser; a constant that is not found stands for itself."""
    found = set()
    sources = {path: path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.js"))}
    exported = dict(_EXPORTED.findall("\n".join(sources.values())))
    for path, source in sources.items():
        constants = exported | dict(_CONSTANT.findall(source))
        found |= {constants.get(name, f"{path.name}: {name}") for name in _STORAGE.findall(source)}
        if path.name != "storage.js" and _BESIDE.search(source):
            found.add(f"{path.name}: beside storage.js")
    return found


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(read()))
