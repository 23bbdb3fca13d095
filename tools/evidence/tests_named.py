"""Whether a test that a page names exists, and `make test` runs it, also where nothing may be left out."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from chassis.testing.skipping import CI_CANNOT_HAVE

Function = ast.FunctionDef | ast.AsyncFunctionDef
# Marks of tests that `make test` leaves out, with what runs them instead.
LEFT_OUT = {"image": "make test-image"}


def wrong(root: Path, name: str, files: Iterable[str]) -> str:
    """Why a test shows nothing; empty if it exists and runs. `name`: `path::[Class::]test`, a file or a folder."""
    place, *inside = name.split("::")
    below = f"{place.rstrip('/')}/"
    named = [file for file in files if file == place or file.startswith(below)]
    here = [file for file in named if Path(file).name.startswith("test_") and file.endswith(".py")]
    if not here:
        return "git has no such file of tests" if place.endswith(".py") else "git has no file of tests there"
    if not any(place.startswith(f"{folder}/") for folder in _tested(root)):
        return "`make test` does not look there: testpaths in pyproject.toml"
    node = _found(_parsed(root / place), inside) if inside else None
    if inside and node is None:
        return "there is no such test; the name of a parametrised one is written without its brackets"
    return _not_run(root, place, [root / file for file in here], _own_marks(node))


@cache
def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def _tested(root: Path) -> list[str]:
    options = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"]["ini_options"]
    return list(options["testpaths"])


def _found(module: ast.Module, names: list[str]) -> ast.AST | None:
    """The test of this name, through its classes. A name that is assigned stands for a class that something makes."""
    body: list[ast.stmt] = module.body
    for depth, name in enumerate(names, start=1):
        node = next((each for each in body if _is_named(each, name)), None)
        if node is None or not name.startswith(("test_", "Test")):
            return None
        if depth == len(names):
            return node
        body = node.body if isinstance(node, ast.ClassDef) else []
    return None


def _is_named(node: ast.stmt, name: str) -> bool:
    if isinstance(node, ast.Assign):
        return any(isinstance(target, ast.Name) and target.id == name for target in node.targets)
    return isinstance(node, Function | ast.ClassDef) and node.name == name


def _not_run(root: Path, place: str, modules: list[Path], marks: set[str]) -> str:
    """Why these are left out of `make test`, there or where CI=true."""
    for mark, instead in LEFT_OUT.items():
        if mark in marks or all(mark in _module_marks(module) for module in modules):
            return f"`make test` leaves tests with the mark `{mark}` out: name `{instead}`"
    lacking = {word for module in [*modules, *_shared(root, place)] for word in _left_out_for(module)}
    if lacking:
        return f"it is left out for want of {', '.join(sorted(lacking))}, which no CI of ours has"
    return ""


def _shared(root: Path, place: str) -> Iterator[Path]:
    """What prepares these tests: the files conftest.py of the folders around them."""
    for folder in (root / place).relative_to(root).parents:
        if (conftest := root / folder / "conftest.py").is_file():
            yield conftest


@cache
def _left_out_for(path: Path) -> frozenset[str]:
    """What is missed in a file's calls of skip_without that CI lets pass."""
    found: set[object] = set()
    for node in ast.walk(_parsed(path)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "skip_without":
            found |= {each.value for each in node.args[:1] if isinstance(each, ast.Constant)}
    return CI_CANNOT_HAVE.intersection(found)


@cache
def _module_marks(path: Path) -> set[str]:
    body = _parsed(path).body
    given = [node.value for node in body if isinstance(node, ast.Assign) and _is_named(node, "pytestmark")]
    return {node.attr for value in given for node in ast.walk(value) if isinstance(node, ast.Attribute)}


def _own_marks(node: ast.AST | None) -> set[str]:
    if not isinstance(node, Function | ast.ClassDef):
        return set()
    return {each.attr for mark in node.decorator_list for each in ast.walk(mark) if isinstance(each, ast.Attribute)}
