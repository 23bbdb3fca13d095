"""The commands for held jobs and dead letters: they run chassis.ops for each service with its settings."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import msgspec

from chassis.ops import cli, held
from mercat.config import environment
from mercat.config.services import discover, with_database
from mercat.installation import CommandError, Installation, command_line

_RESULT_TEXTS = {
    "redriven": "aggregates set going again, the oldest event of each first",
    "released": "jobs released",
    "discarded": "given up for good; what waited behind it is tried now",
    "restarted": "log followed from the beginning of what is kept",
}


def show_held(installation: Installation, service: str | None) -> None:
    """Print the held jobs, dead letters and stopped logs of one service or of all.

    Raises:
        CommandError: there is no such service, or its database does not answer.
    """
    any_found = False
    for name, (_, answer) in run_in_services(installation, service, "list").items():
        found = msgspec.convert(answer, held.Held)
        any_found = any_found or bool(found.jobs or found.events or found.stopped)
        print(*(f"{name}: {line}" for line in held.lines(found)), sep="\n")
    if any_found:
        ways = {
            "do jobs": "release SERVICE",
            "try events": "redrive SERVICE",
            "give one up for good": "discard SERVICE --job ID (or --event ID)",
            "follow a log again": "follow SERVICE PRODUCER",
        }
        print(*(f"To {what}: {command_line.mercat_command(typed)}" for what, typed in ways.items()), sep="\n")


def operate(installation: Installation, service: str | None, word: str, *options: str) -> bool:
    """Run an operation in one service or in all and print its result; returns whether anything was done.

    Raises:
        CommandError: there is no such service, its database does not answer, or --yes is missing.
    """
    done = False
    for name, (code, answer) in run_in_services(installation, service, word, *options).items():
        if code == cli.DONE:
            done = True
            print(*(f"{name}: {count} {_RESULT_TEXTS[what]}" for what, count in answer.items()), sep="\n")
    later = f"How it went, in a few seconds: {command_line.mercat_command('held')}"
    print(
        later if done else f"There was nothing of the kind to do. What is held: {command_line.mercat_command('held')}"
    )
    return done


def rebuild_figures(installation: Installation, *, yes: bool) -> None:
    """Have the service shop make its figures anew, and print what it says.

    Raises:
        CommandError: there is no such service, its database does not answer, or it was not meant.
    """
    specs = discover(installation.root)
    shop = next((spec for spec in specs if spec.name == "shop"), None)
    if shop is None:
        raise CommandError("This store has no service shop.")
    done = subprocess.run(
        [sys.executable, "-m", "shop.rebuild_figures", *(["--yes"] if yes else [])],
        env=environment.service(installation, specs, shop),
        cwd=installation.root,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise CommandError(done.stderr.strip() or "shop.rebuild_figures failed.")
    print(done.stdout.strip())


def as_options(**options: object) -> list[str]:
    """The options of chassis.ops: --name=value for each that is not None."""
    return [f"--{name}={value}" for name, value in options.items() if value is not None]


def run_in_services(
    installation: Installation, service: str | None, *command_line: str
) -> dict[str, tuple[int, dict[str, Any]]]:
    """The exit code and the answer of a command of chassis.ops, by service: each that has a database.

    Raises:
        CommandError: there is no such service, or the command could not be run.
    """
    specs = discover(installation.root)
    owners = with_database(specs)
    chosen = [spec for spec in owners if service in {None, spec.name}]
    if not chosen:
        known = ", ".join(spec.name for spec in owners)
        raise CommandError(f"There is no service {service!r} with a database. There are: {known}")
    answers = {}
    for spec in chosen:
        done = subprocess.run(
            [sys.executable, "-m", "chassis.ops", *command_line, "--json"],
            env=environment.service(installation, specs, spec),
            cwd=installation.root,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode not in {cli.DONE, cli.NOTHING}:
            raise CommandError(f"{spec.name}: {done.stderr.strip() or 'chassis.ops failed'}")
        answers[spec.name] = (done.returncode, json.loads(done.stdout))
    return answers
