"""The kinds of problem that the code declares, with the words of their docstrings."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator
from typing import NamedTuple

from chassis.problems import Internal, Problem
from tools import openapi

DO = "What to do: "


class Kind(NamedTuple):
    """A type of problem, as one class declares it; `owner`: a service, or "chassis"."""

    type: str
    status: int
    title: str
    owner: str
    meaning: str
    todo: str
    final: bool


def declared() -> list[Kind]:
    """Every kind that a service may answer with, by its type and owner.

    Raises:
        ValueError: a class does not say what it means, or what to do.
    """
    for package in openapi.services():
        importlib.import_module(f"{package}.app")
    known = {"chassis", *openapi.services()}
    found = (each for each in _below(Problem) if "type" in vars(each) or each is Internal)
    return sorted({read(each) for each in found if each.__module__.split(".")[0] in known})


def _below(parent: type[Problem]) -> Iterator[type[Problem]]:
    for child in parent.__subclasses__():
        if not {"tests", "testing"} & set(child.__module__.split(".")):
            yield child
        yield from _below(child)


def read(declared_by: type[Problem]) -> Kind:
    """What a class says of its kind of problem.

    Raises:
        ValueError: its docstring has no meaning, or no "What to do: ".
    """
    meaning, _, todo = " ".join(inspect.cleandoc(vars(declared_by).get("__doc__") or "").split()).partition(DO)
    where = f"{declared_by.__module__}.{declared_by.__name__}"
    if not meaning.startswith(f"{declared_by.status}: "):
        raise ValueError(f'{where}: its docstring must begin with "{declared_by.status}: " and say what it means')
    if not todo:
        raise ValueError(f'{where}: its docstring must say "{DO}...": what a caller does about it')
    owner = declared_by.__module__.split(".")[0]
    meaning = meaning.partition(": ")[2].strip()
    final = declared_by.final
    return Kind(declared_by.type, declared_by.status, declared_by.title, owner, _begun(meaning), todo, final)


def _begun(text: str) -> str:
    return text[:1].upper() + text[1:]
