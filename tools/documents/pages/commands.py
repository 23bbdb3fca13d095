"""docs/reference/commands.md: the targets of make, the words of mercat, and those of an operator's commands."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from typing import Any

import typer.main

from chassis.ops import cli as ops
from mercat.cli.main import app
from tools.openapi import ROOT
from tools.reference.tables import head, table

PAGE = "docs/reference/commands.md"
_READERS = "whoever works with Mercat in a terminal: each command, its options, and where it runs."
_FROM = "the `Makefile`, the words of `mercat` and those of `chassis.ops`"
# As `make help` finds them.
_TARGET = re.compile(r"^([a-z][a-z -]*):.*?## (.*)$", re.MULTILINE)
_MAKE = """
## make

In the project's folder. What a target needs installs itself before. `ARGS="..."` gives more options to the program
behind it.

"""
_MERCAT = """
## mercat

`.venv/bin/mercat WORD` in the project's folder is the store on a laptop. The words that are targets of make, too,
take their options there in `ARGS`. Which folder, which ports: [settings](settings.md#of-the-command-on-a-laptop).

"""
_OPS = """
## python -m chassis.ops

What a service has given up, and the books. `.venv/bin/mercat held`, `redrive`, `release`, `discard` and `follow`
run it for a store on a laptop, `make operation` in a cluster; by itself it runs in a service's environment, with
its `DATABASE_URL`. It ends with 0 when something was done, with 1 when there was nothing to do or the books are
wrong, with 2 when it could not be done. `--json` prints one object.

"""


def pages() -> dict[str, str]:
    """The page of commands."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = [(f"`make {name}`", about) for names, about in _TARGET.findall(text) for name in names.split()]
    columns = ("command", "what it does")
    parts = [head("Commands", _READERS, _FROM), _MAKE, table(columns, targets)]
    parts += [_MERCAT, table(("word", "what it does", "options"), words(typer.main.get_command(app)))]
    parts += [_OPS, table(("word", "what it does", "options"), operations(ops.parser()))]
    return {PAGE: "".join(parts)}


def words(command: Any, path: str = "") -> Iterator[tuple[str, str, str]]:
    """The words of a command of typer, which has click's in it: each with its arguments, what it does, its options."""
    known = getattr(command, "commands", {})
    for name, each in known.items():
        yield from words(each, f"{path} {name}".strip())
    if known and not command.invoke_without_command:
        return
    given = [_argument(each) for each in command.params if each.param_type_name == "argument"]
    options = [_option(each) for each in command.params if each.param_type_name == "option" and not each.hidden]
    about = (command.help or "").split("\n\n")[0]
    yield f"`{' '.join([path, *given])}`", about, "<br>".join(filter(None, options))


def _argument(parameter: Any) -> str:
    name = (parameter.metavar or parameter.name).upper().strip("[]")
    return name if parameter.required else f"[{name}]"


def _option(parameter: Any) -> str:
    if parameter.name == "help":
        return ""
    names = "/".join([*parameter.opts, *parameter.secondary_opts])
    value = "" if parameter.is_flag else f" {(parameter.metavar or parameter.name).upper()}"
    return f"`{names}{value}` {parameter.help or ''}".strip()


def operations(parser: argparse.ArgumentParser) -> Iterator[tuple[str, str, str]]:
    """The same for the words of an argument parser."""
    # argparse has no other way to read a parser.
    (commands,) = (each for each in parser._actions if isinstance(each, argparse._SubParsersAction))  # noqa: SLF001
    for name, each in commands.choices.items():
        given, options = [], []
        for action in each._actions:  # noqa: SLF001 -- as above
            if not action.option_strings:
                given.append(f"{action.metavar or action.dest.upper()}{'...' if action.nargs == '+' else ''}")
            elif action.dest not in {"help", "json"}:
                value = "" if action.nargs == 0 else f" {action.metavar or action.dest.upper()}"
                options.append(f"`{action.option_strings[0]}{value}` {action.help or ''}".strip())
        yield f"`{' '.join([name, *given])}`", each.description or "", "<br>".join(options)
