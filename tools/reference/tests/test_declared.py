"""What has no words in the code is refused: an event, a field, a problem, a setting."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import ClassVar
from uuid import UUID

import pytest
from pydantic import SecretStr

from chassis.config import Settings
from chassis.outbox import EventData
from chassis.problems import Conflict
from chassis.web import Glossary
from tools.openapi import ROOT
from tools.reference import comments, configured, problem_types, published


class BoatSunk(EventData, frozen=True):
    """A boat is under water."""

    type: ClassVar[str] = "boat.sunk"
    boat_id: UUID
    # How deep it lies,
    # in metres.
    depth: float
    left: bool = False  # whether everybody is off


class BoatFound(EventData, frozen=True):
    type: ClassVar[str] = "boat.found"


class Moored(Conflict):
    """409: the boat is moored.

    What to do: Untie it.
    """

    type, title = "moored", "The boat is moored"


class Sunk(Conflict):
    """409: the boat is under water."""

    type, title = "sunk", "The boat is under water"


class BoatSettings(Settings):
    # Where the boats lie.
    harbour: str = "Ostend"
    # The folder of their papers.
    papers: Path = ROOT / "docs" / "papers"
    # Opens its gate.
    gate_code: SecretStr | None = None


class NamelessSettings(Settings):
    harbour: str = "Ostend"


TERMS = Glossary(terms={"boat_id": "The boat's id"})


def test_an_event_is_read_with_its_fields():
    told = published.read(BoatSunk, "harbour", TERMS, ["coastguard"])
    assert (told.type, told.meaning, told.handled_by) == ("boat.sunk", "A boat is under water.", ["coastguard"])
    assert [(field.name, field.kind, field.needed, field.meaning) for field in told.fields] == [
        ("boat_id", "UUID", True, "The boat's id"),
        ("depth", "number", True, "How deep it lies, in metres."),
        ("left", "`true` or `false`", False, "whether everybody is off"),
    ]


def test_an_event_that_nobody_handles_says_so():
    published.same(BoatSunk, ["coastguard"])
    with pytest.raises(ValueError, match=r"BoatSunk\.handled must be False"):
        published.same(BoatSunk, [])


def test_an_event_without_a_docstring_is_refused():
    with pytest.raises(ValueError, match=r"BoatFound: its docstring must say what has happened"):
        published.read(BoatFound, "harbour", TERMS, [])


def test_a_field_that_nobody_explains_is_refused():
    with pytest.raises(ValueError, match=r"BoatSunk\.boat_id: say in a comment above it"):
        published.read(BoatSunk, "harbour", Glossary(), [])


def test_a_problem_is_read_and_one_that_does_not_say_what_to_do_is_refused():
    told = problem_types.read(Moored)
    assert (told.type, told.status, told.meaning, told.todo) == ("moored", 409, "The boat is moored.", "Untie it.")
    with pytest.raises(ValueError, match=r'Sunk: its docstring must say "What to do: '):
        problem_types.read(Sunk)


def test_a_setting_is_read_and_one_without_a_meaning_is_refused():
    told = {each.name: each for each in configured.read(BoatSettings, "harbour")}
    assert (told["HARBOUR"].default, told["HARBOUR"].meaning) == ("`Ostend`", "Where the boats lie.")
    assert told["PAPERS"].default == "`docs/papers`"  # wherever the project lies
    assert (told["GATE_CODE"].secret, told["GATE_CODE"].default) == ("yes", "none")
    assert (told["DATABASE_URL"].default, told["DATABASE_URL"].made) == ("needed", True)
    with pytest.raises(ValueError, match=r"NamelessSettings\.harbour: say in a comment above it"):
        list(configured.read(NamelessSettings, "harbour"))


def test_comments_for_tools_are_no_meaning():
    source = "class A:\n    # debt(late): never\n    a: int  # noqa: A003\n\n    # Above, and not of b.\n\n    b: int\n"
    assert comments.read(source) == {"a": "", "b": ""}


def test_the_first_word_of_an_events_type_is_its_aggregate():
    """Which the page says; `publish` is given both."""
    aggregates = set()
    for path in ROOT.glob("services/*/**/*.py"):
        if "tests" not in path.parts:
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("outbox.publish"):
                    aggregates.add(ast.literal_eval(node.args[1]))
    types = {event.type.partition(".")[0] for event in published.events()}
    assert aggregates == types
