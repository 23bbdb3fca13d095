"""Every table, column, event and job is described and nothing else is; what is not is found."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from chassis.testing import servers
from tools.gates.tree import ROOT
from tools.tables import __main__ as whole
from tools.tables import checks, databases, declared, described, fields, words
from tools.tables.catalog import Catalog
from tools.tables.checks import Known
from tools.tables.described import Annotations, converted

Change = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="module")
def known() -> Known:
    return Known.of(databases.catalogs(), words.retention(), words.words())


def changed(tmp_path: Path, service: str, change: Change) -> dict[str, Annotations]:
    """All annotations, those of a service with a seeded fault."""
    document = yaml.safe_load((ROOT / described.place_of(service)).read_text())
    change(document)
    path = tmp_path / "tables.yaml"
    path.write_text(yaml.safe_dump(document, sort_keys=False))
    return described.load() | {service: converted(path, "tables.yaml", Annotations)}


def test_all_that_is_stored_is_described_and_nothing_else():
    assert whole.complaints() == []


def _without(*path: str) -> Change:
    def change(document: dict[str, Any]) -> None:
        for name in path[:-1]:
            document = document[name]
        del document[path[-1]]

    return change


def _with(value: object, *path: str) -> Change:
    def change(document: dict[str, Any]) -> None:
        for name in path[:-1]:
            document = document[name]
        document[path[-1]] = value

    return change


_GUESS = {"about": "a guess", "personal": "none"}
SEEDED = {
    "a column without a line": (
        _without("tables", "carts", "columns", "account_id"),
        "orders/tables.yaml: carts: account_id: the database has this column: say what it holds",
    ),
    "a table without a line": (
        _without("tables", "carts"),
        "orders/tables.yaml: carts: the database has this table: say what it holds",
    ),
    "a line without a column": (
        _with(_GUESS, "tables", "carts", "columns", "colour"),
        "carts: colour: the database has no such column: remove its line",
    ),
    "a line without a table": (
        lambda document: _with(document["tables"]["carts"] | {"root": False}, "tables", "wishes")(document),
        "wishes: no database has this table: remove its lines",
    ),
    "a text that may hold a person": (
        _with("where mails go", "tables", "orders", "columns", "email"),
        "orders: email: of type text anything may be stored: say `personal: none`, or what it is",
    ),
    "an id that may lead to one": (
        _with({"about": "whose"}, "tables", "carts", "columns", "account_id"),
        "carts: account_id: of type uuid anything may be stored",
    ),
    "a copy without a reason": (
        _with({"kept": "trigger `order_lines_append_only`"}, "tables", "order_lines", "copies", "title"),
        "order_lines: copies: title: say why it is stored, and what keeps it right",
    ),
    "a document without a reason": (
        _without("tables", "orders", "copies", "shipping_address"),
        "orders: shipping_address: computed, or more than one value (jsonb): give the reason under `copies`",
    ),
    "a computed value without a reason": (
        _without("tables", "order_lines", "copies", "total"),
        "order_lines: total: computed, or more than one value (bigint): give the reason under `copies`",
    ),
    "a copy that nothing keeps right": (
        _with({"why": "it is quick", "kept": "trigger `order_lines_kept`"}, "tables", "order_lines", "copies", "title"),
        "order_lines: copies: title: `order_lines_kept` is no constraint, index, trigger or function of a database",
    ),
    "a proof that is not there": (
        _with({"why": "it is quick", "kept": "`tools/tests/test_x.py::test_y`"}, "tables", "orders", "copies", "total"),
        "orders: copies: total: `tools/tests/test_x.py` does not exist",
    ),
    "a class of retention without a definition": (
        _with("a-while", "tables", "carts", "retention"),
        "carts: the retention class a-while is not in docs/compliance/retention.yaml",
    ),
    "an index of unknown use": (
        _without("tables", "order_holds", "indexes"),
        "order_holds: order_holds_holder: say what this index is for",
    ),
    "a foreign key said to lack an index": (
        _with({"order_id": "few"}, "tables", "order_mails", "unindexed"),
        "order_mails: unindexed: order_id is no foreign key, or has an index",
    ),
    "a state that no check allows": (
        _with({"paid": "sent"}, "tables", "orders", "states", "status", "moves", "shipped"),
        "orders: states: status: orders_status_check and the states here differ in shipped",
    ),
    "two roots of an aggregate": (
        _with(True, "tables", "cart_lines", "root"),
        "orders/tables.yaml: Cart: one of its tables is the root, not 2",
    ),
    "a person who is not spoken of": (
        _with("none", "tables", "carts", "person"),
        "carts: `person` is none if and only if no column has personal data",
    ),
    "a field of an event without a line": (
        _without("events", "order.paid", "account_id"),
        "events: order.paid: account_id: the code has this field: say what it holds",
    ),
    "an event without a line": (
        _without("events", "order.paid"),
        "events: order.paid: no tables.yaml describes it: its service's has to",
    ),
    "a field of a job that is gone": (
        _with(_GUESS, "jobs", "orders.mail", "colour"),
        "jobs: orders.mail: colour: the code has no such field: remove its line",
    ),
    "a field of an event that may hold a person": (
        _with("whose", "events", "order.paid", "account_id"),
        "events: order.paid: account_id: say `personal: none`, or what it is",
    ),
}


@pytest.mark.parametrize("fault", SEEDED)
def test_a_seeded_fault_is_found(known: Known, tmp_path: Path, fault: str):
    change, said = SEEDED[fault]
    described = changed(tmp_path, "orders", change)
    code = declared.declared()
    found = checks.complaints(known, described) + fields.complaints(code, described, known.retention, known.words)
    assert any(said in complaint for complaint in found), found


@pytest.fixture(scope="module")
def seeded() -> Catalog:
    """The database of payments after a migration that nobody described."""
    with servers.postgres_server() as server:
        return asyncio.run(
            databases.of_service(
                server,
                "payments",
                "create table visits (page text)",
                "alter table payments add column telephone text",
                "alter table payments add column repeats uuid references payments (id)",
                "create index payments_by_telephone on payments (telephone)",
                "alter table staff_notices drop constraint staff_notices_pkey",
            )
        )


def test_a_new_table_or_column_of_a_migration_is_found(known: Known, seeded: Catalog):
    catalogs = {**known.catalogs, "payments": seeded}
    found = checks.complaints(Known.of(catalogs, known.retention, known.words), described.load())
    place = "services/payments/tables.yaml"
    assert f"{place}: visits: the database has this table: say what it holds (tools/tables/README.md)" in found
    assert f"{place}: payments: telephone: the database has this column: say what it holds" in found
    said = "\n".join(found)
    assert "payments: repeats: a foreign key without an index: make one, or give the reason under `unindexed`" in said
    assert "payments: payments_by_telephone: say what this index is for: in a comment above it in the migration" in said
    assert "staff_notices: it has no primary key" in said


def _document(change: Change) -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((ROOT / words.WORDS).read_text())
    change(document)
    return document


_COOKIE = {"kind": "device", "purpose": "abuse", "retention": "cookie-device", "about": "a guess"}
SEEDED_ELSEWHERE = {
    "a limit": (_without("limits", "login"), "limits: login is in the code: say what it holds"),
    "a field of log lines": (_without("logs", "client.ip"), "logs: client.ip is in the code: say what it holds"),
    "a cookie": (_without("cookies", "__Host-device"), "cookies: __Host-device is in the code: say what it holds"),
    "a cookie that is gone": (_with(_COOKIE, "cookies", "x"), "cookies: x is not in the code: remove it"),
    "a name in the browser": (_without("storage", "orders"), "storage: orders is in the code: say what it holds"),
    "a mail": (_without("mails", "orders.link"), "mails: orders.link is in the code: say what it holds"),
    "what Stripe gets": (_without("stripe", "shipping"), "stripe: shipping is in the code: say what it holds"),
    "an unknown purpose": (
        _with(_COOKIE | {"purpose": "fun"}, "cookies", "__Host-device"),
        "the purpose fun is not in",
    ),
}


@pytest.mark.parametrize("fault", SEEDED_ELSEWHERE)
def test_what_is_in_the_code_and_not_in_the_data_map_is_found(tmp_path: Path, fault: str):
    change, said = SEEDED_ELSEWHERE[fault]
    path = tmp_path / "data-map.yaml"
    path.write_text(yaml.safe_dump(_document(change)))
    seeded = converted(path, "data-map.yaml", words.Words)
    found = fields.elsewhere(ROOT, declared.declared(), words.retention(), seeded)
    assert any(said in complaint for complaint in found), found


def test_storage_beside_the_one_module_and_names_that_are_not_constant_are_found(tmp_path: Path):
    (tmp_path / "a.js").write_text('const KEY = "kept";\nlasting.set(KEY, 1);\npassing.get(name);\n')
    (tmp_path / "b.js").write_text("window.localStorage.setItem(1, 2);\n")
    assert declared.storage(tmp_path) == {"kept", "a.js: name", "b.js: beside storage.js"}


def test_a_class_of_retention_that_is_not_used_or_proven_is_found(known: Known):
    spare = words.Retention(period="a day", enforced_by="`tools/none.py`", evidence=())
    found = fields.of_retention(ROOT, {"spare": spare}, set(), known.names)
    assert [complaint.partition("spare: ")[2] for complaint in found] == [
        "`tools/none.py` does not exist",
        "name the proof, or say what is `not yet` there",
        "nothing is of this class: remove it",
    ]


def test_a_file_of_another_form_is_told_by_its_name(tmp_path: Path):
    path = tmp_path / "tables.yaml"
    path.write_text("tables: {carts: {about: x, color: red}}\n")
    with pytest.raises(described.Unreadable, match=r"tables\.yaml: Object contains unknown field `color`"):
        converted(path, "tables.yaml", Annotations)
    with pytest.raises(described.Unreadable, match=r"none\.yaml is missing"):
        converted(tmp_path / "none.yaml", "none.yaml", Annotations)
