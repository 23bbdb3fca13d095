from __future__ import annotations

import pytest

from tools.tables import diagrams
from tools.tables.catalog import Column, Constraint, Index, Table
from tools.tables.described import Annotations, Field, States
from tools.tables.described import Table as Description


def table(name: str, *columns: tuple[str, bool], constraints: list[Constraint], unique: dict[str, list[str]]) -> Table:
    indexes = [
        Index(name=each, definition="", unique=True, where=None, of_constraint=True, columns=names)
        for each, names in unique.items()
    ]
    there = [Column(name=each, type="uuid", required=required, generated=False) for each, required in columns]
    return Table(name=name, columns=there, constraints=constraints, indexes=indexes, triggers=[])


def described(columns: dict[str, Field]) -> Description:
    return Description(about="", aggregate="", person="", retention="", normal_form="", columns=columns)


def drawn(*, required: bool, once: bool) -> str:
    """The diagram of a shelf and of the books on it."""
    shelf = table("shelves", ("id", True), constraints=[], unique={"shelves_pkey": ["id"]})
    leads = Constraint(name="on_shelf", kind="f", definition="", target="shelves", columns=["shelf_id"])
    unique = {"books_pkey": ["id"]} | ({"one_a_shelf": ["shelf_id"]} if once else {})
    book = table(
        "books", ("id", True), ("shelf_id", required), ("reader_id", False), constraints=[leads], unique=unique
    )
    fields = {"reader_id": Field(about="", refers="identity.accounts")}
    own = Annotations(aggregates={}, tables={"shelves": described({}), "books": described(fields)})
    return diagrams.entities("library", own, [shelf, book])


@pytest.mark.parametrize(
    ("books", "line"),
    [
        (drawn(required=True, once=False), "||--o{"),
        (drawn(required=False, once=False), "|o--o{"),
        (drawn(required=True, once=True), "||--o|"),
        (drawn(required=False, once=True), "|o--o|"),
    ],
    ids=["many", "some", "one", "perhaps"],
)
def test_a_line_says_how_many_rows_there_are_on_each_of_its_ends(books: str, line: str):
    assert f'  shelves {line} books : "shelf_id"' in books.splitlines()


def test_a_key_into_another_service_is_a_dotted_line():
    lines = drawn(required=True, once=False).splitlines()
    assert '  identity_accounts["identity.accounts"]' in lines
    assert '  identity_accounts |o..o{ books : "reader_id"' in lines


def test_states_begin_and_end_and_a_label_has_no_second_colon():
    states = States(checked_by="", moves={"new": {"sold": "told: paid"}})
    assert diagrams.states(states).splitlines() == [
        "stateDiagram-v2",
        "  [*] --> new",
        "  new --> sold: told, paid",
        "  sold --> [*]",
    ]
