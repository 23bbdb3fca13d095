"""Finds commands in documents and messages that do not exist.

In documents a command is in backticks or a code block; in Python in strings that are no docstrings. The commands are
`make TARGET`, `.venv/bin/mercat WORD` and `python -m MODULE`. The bare name `mercat` is not on the PATH, so it is an
error too: mercat/installation/command_line.py returns the command to print.
"""

from __future__ import annotations

import ast
import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import typer

from mercat.cli.main import app

_TARGET = re.compile(r"^([a-z][a-z -]*):(?!=)", re.MULTILINE)
_CODE = re.compile(r"^```[a-z]*\n(.*?)^```|`([^`\n]+)`", re.MULTILINE | re.DOTALL)
_MERCAT = re.compile(r"(\S*?)\bmercat ((?:admin |doctor |pictures )?[a-z-]+)")
_MAKE = re.compile(r"(?:^|[\s;(&])make ([a-z][a-z-]+)")
_MODULE = re.compile(r"(?:^|[\s;(&])(?:\.venv/bin/)?python3? -m ([a-z_][\w.]*)")


class Finding(NamedTuple):
    """A command that does not work as it is written."""

    path: Path
    line: int
    command: str
    why: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: `{self.command}`: {self.why}"


def in_document(text: str) -> Iterator[tuple[int, str]]:
    """Each piece of code in a Markdown or HTML text, with the number of its first line."""
    for found in _CODE.finditer(text):
        yield text.count("\n", 0, found.start()) + 1, found.group(1) or found.group(2) or ""
    for found in re.finditer(r"<code>(.*?)</code>", text):
        yield text.count("\n", 0, found.start()) + 1, found.group(1)


def in_python(source: str) -> Iterator[tuple[int, str]]:
    """Each string that is no docstring, with its line; of f-strings the literal parts."""
    tree = ast.parse(source)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value


def targets(makefile: str) -> set[str]:
    """The targets of a Makefile."""
    return {word for names in _TARGET.findall(makefile) for word in names.split()}


def words() -> set[str]:
    """The words of the `mercat` command, in full: "up", "admin create"."""
    command = typer.main.get_command(app)
    found = set()
    for name, one in command.commands.items():  # type: ignore[attr-defined]  # it is a group
        inner = getattr(one, "commands", None)
        found |= {f"{name} {each}" for each in inner or ()}
        if not inner or getattr(one, "invoke_without_command", False):
            found.add(name)
    return found


class Known(NamedTuple):
    """The existing make targets and words of the command ("up", "admin create")."""

    targets: set[str]
    words: set[str]


def wrong(path: Path, pieces: Iterator[tuple[int, str]], known: Known) -> list[Finding]:
    """The commands in these pieces of text that do not exist."""
    found: list[Finding] = []
    for line, text in pieces:
        for before, words in _MERCAT.findall(text):
            found += _mercat(path, line, before, words, known.words)
        for name in _MAKE.findall(text):
            if name not in known.targets and _is_command(text):
                found.append(Finding(path, line, f"make {name}", "there is no such target"))
        for module in _MODULE.findall(text):
            if not _exists(module):
                found.append(Finding(path, line, f"python -m {module}", "there is no such module"))
    return found


def _mercat(path: Path, line: int, before: str, words: str, known: set[str]) -> Iterator[Finding]:
    word = words.partition(" ")[0]
    whole = words if words in known else word
    if word not in {name.partition(" ")[0] for name in known}:
        if before.endswith("bin/"):
            yield Finding(path, line, f"{before}mercat {words}", "there is no such word")
    elif not before.endswith("bin/"):
        yield Finding(path, line, f"mercat {words}", "it is not on the PATH: .venv/bin/mercat")
    elif whole not in known:
        yield Finding(path, line, f"{before}mercat {words}", "there is no such word")


def _is_command(text: str) -> bool:
    """Whether it is a command ("please make sure" is not): it begins a line, or follows a variable or a command."""
    return any(re.match(r"\s*(\$ |[A-Z_]+=\S+ |.*(?:&&|;|\() *)?make ", line) for line in text.splitlines())


def _exists(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False
