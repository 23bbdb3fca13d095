"""What messages, docstrings and documents tell somebody to run must exist."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from chassis import ops
from mercat.cli import app

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDERS = "chassis services mercat stripe_double proofs examples docs tools deploy".split()
KINDS = {".py", ".md", ".yaml", ".yml", ".sql", ".sh"}
MODULE = re.compile(r"python3? -m ([a-z_]+(?:\.[a-z_]+)*)(?: ([a-z]+)\b)?")
MERCAT = re.compile(r"(?:`|venv/bin/|: )mercat ([a-z]+(?:-[a-z]+)*)(?: ([a-z]+(?:-[a-z]+)*))?")
# Where a message is made for how the person typed the command.
SPOKEN = re.compile(r"words\.(?:command|typed)\(f?\"([a-z-]+)(?: ([a-z]+(?:-[a-z]+)*))?")


def texts() -> Iterator[tuple[str, str]]:
    """Every file in which a command may be named, by its path."""
    files = [ROOT / "README.md", ROOT / "Makefile", *(path for name in FOLDERS for path in (ROOT / name).rglob("*"))]
    for path in files:
        if (path.suffix in KINDS or path.name == "Makefile") and path != Path(__file__):
            yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")


def named(pattern: re.Pattern[str]) -> dict[tuple[str, ...], str]:
    """What the pattern finds, without what is missing, and one file that has it."""
    return {tuple(part or "" for part in found): place for place, text in texts() for found in pattern.findall(text)}


def ours(module: str) -> bool:
    first = module.partition(".")[0]
    return (ROOT / first).is_dir() or any((ROOT / place / first).is_dir() for place in ("services", "examples"))


def test_every_module_that_is_to_be_run_is_there():
    modules = {module: place for (module, _), place in named(MODULE).items() if ours(module)}
    assert {"chassis.ops", "chassis.migrate", "identity.create_admin"} <= set(modules)
    gone = {module: place for module, place in modules.items() if importlib.util.find_spec(module) is None}
    assert gone == {}


def test_every_word_of_the_operators_command_is_one(capsys):
    words = {word: place for (module, word), place in named(MODULE).items() if module == "chassis.ops" and word}
    assert {"restart", "redrive", "list"} <= set(words)
    for word, place in words.items():
        with pytest.raises(SystemExit) as ended:
            ops.main([word, "--help"])
        assert ended.value.code == 0, (word, place, capsys.readouterr().err)


def test_every_word_of_the_laptops_command_is_one():
    whole = typer.main.get_command(app)
    assert isinstance(whole, TyperGroup)
    words = {**named(MERCAT), **named(SPOKEN)}
    assert len(words) >= 10
    for (word, more), place in words.items():
        command = whole.commands.get(word)
        assert command is not None, (word, place)
        if isinstance(command, TyperGroup):
            assert more in command.commands, (word, more, place)
