"""Runs chassis.ops for each service with its settings, and tells what it did."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import msgspec

from chassis.ops import cli, held
from mercat import environment, words
from mercat.refusal import Refusal
from mercat.services import discover
from mercat.store import Store

_TOLD = {
    "redriven": "aggregates set going again, the oldest event of each first",
    "released": "jobs released",
    "discarded": "given up for good; what waited behind it is tried now",
    "restarted": "log followed from the beginning of what is kept",
}


def show(store: Store, service: str | None) -> None:
    """Print what has stopped until somebody decides, of one service or of all.

    Raises:
        Refusal: there is no such service, or its database does not answer.
    """
    some = False
    for name, (_, answer) in _asked(store, service, "list").items():
        found = msgspec.convert(answer, held.Held)
        some = some or bool(found.jobs or found.events or found.stopped)
        print(*(f"{name}: {line}" for line in held.lines(found)), sep="\n")
    if some:
        ways = {
            "do jobs": "release SERVICE",
            "try events": "redrive SERVICE",
            "give one up for good": "discard SERVICE --job ID (or --event ID)",
            "follow a log again": "follow SERVICE PRODUCER",
        }
        print(*(f"To {what}: {words.command(typed)}" for what, typed in ways.items()), sep="\n")


def act(store: Store, service: str | None, word: str, *options: str) -> bool:
    """Do it in one service or in all, and print what was done; whether anything was.

    Raises:
        Refusal: there is no such service, its database does not answer, or --yes is missing.
    """
    done = False
    for name, (code, answer) in _asked(store, service, word, *options).items():
        if code == cli.DONE:
            done = True
            print(*(f"{name}: {count} {_TOLD[what]}" for what, count in answer.items()), sep="\n")
    later = f"How it went, in a few seconds: {words.command('held')}"
    print(later if done else f"There was nothing of the kind to do. What is held: {words.command('held')}")
    return done


def given(**options: object) -> list[str]:
    """Options of chassis.ops: --name=value for each that has a value."""
    return [f"--{name}={value}" for name, value in options.items() if value is not None]


def _asked(store: Store, service: str | None, *words: str) -> dict[str, tuple[int, dict[str, Any]]]:
    specs = discover(store.root)
    chosen = [spec for spec in specs if service in {None, spec.name}]
    if not chosen:
        raise Refusal(f"There is no service {service!r}. There are: {', '.join(spec.name for spec in specs)}")
    answers = {}
    for spec in chosen:
        done = subprocess.run(
            [sys.executable, "-m", "chassis.ops", *words, "--json"],
            env=environment.service(store, specs, spec),
            cwd=store.root,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode not in {cli.DONE, cli.NOTHING}:
            raise Refusal(f"{spec.name}: {done.stderr.strip() or 'chassis.ops failed'}")
        answers[spec.name] = (done.returncode, json.loads(done.stdout))
    return answers
