"""`make release` in a repository with one release: each seeded break turns it red, and additions do not."""

from __future__ import annotations

import json

import pytest

from tools.release.repository import git
from tools.release.tests.conftest import PERSON

RELEASE = ("VERSION=0.0.2",)
NOTED = "- Migrations: none.\n- Settings: none.\n- Events: none.\n- API: none.\n"


def note(clone):
    clone.edit("docs/upgrading.md", "## Unreleased\n", f"## Unreleased\n\n{NOTED}")


def of_api(clone):
    for name in ("docs/openapi.json", "services/orders/openapi.json"):
        path = clone.folder / name
        document = json.loads(path.read_text("utf-8"))
        del document["components"]["schemas"]["OrderView"]["properties"]["number"]
        path.write_text(json.dumps(document), "utf-8")


def of_event(clone):
    clone.edit("services/payments/events.py", "captured_at: datetime ", "taken_at: datetime ")
    clone.edit("services/payments/events.py", "captured_at=", "taken_at=")


def of_table(clone):
    clone.edit("services/catalog/migrations/0999_rename.sql", "", "alter table stock rename column on_hand to here;\n")


SEEDS = {
    "API": (of_api, "API: GET /api/v1/orders/{order_id}: 200: number: is gone"),
    "event": (of_event, "event: payment.captured: captured_at: is gone"),
    "table": (of_table, "table: catalog: stock.on_hand is gone, and the last release uses it"),
}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_seeded_break_is_red(clone, seed):
    sow, told = SEEDS[seed]
    sow(clone)
    note(clone)
    clone.commit("Break it")
    green, said = clone.make_release(*RELEASE, "ARGS=--check")
    assert (green, told in said) == (False, True), said
    assert "FAIL  beside the last release" in said
    assert said.count("FAIL") == 1, said
    assert "gates (make check): not run" in said


def test_additions_are_green_and_what_is_released_is_tagged_here(clone):
    note(clone)
    # What `make check` does is not repeated here.
    clone.edit("Makefile", "\t@$(BIN)/python -m tools.check $(ARGS)\n", "\t@true\n")
    clone.edit(
        "services/payments/events.py",
        "  # when the money was taken\n",
        "  # when the money was taken\n    note: str = ''\n",
    )
    clone.edit("services/orders/checkout/usecases/advance_order.py", '"""', '"""More. ')
    clone.edit(
        "services/catalog/migrations/0999_more.sql",
        "",
        "alter table stock add column shelf text;\ncreate table shelves (id uuid primary key, name text not null);\n",
    )
    clone.commit("Add much")
    green, said = clone.make_release(*RELEASE, "ARGS=--prepare")
    assert green, said
    assert "ok    beside the last release" in said
    assert "  Add much" in said
    assert "## 0.0.2 - 2" in (clone.folder / "CHANGELOG.md").read_text("utf-8")
    assert json.loads((clone.folder / "docs/openapi.json").read_text("utf-8"))["info"]["version"] == "0.0.2"
    clone.commit("Release 0.0.2")
    git(clone.folder, "config", "user.name", PERSON[1].partition("=")[2])
    git(clone.folder, "config", "user.email", PERSON[3].partition("=")[2])
    green, said = clone.make_release(*RELEASE)
    assert green, said
    assert "git push origin v0.0.2" in said
    assert git(clone.folder, "cat-file", "-t", "v0.0.2") == "tag"
    assert "### Added" in git(clone.folder, "tag", "--list", "--format=%(contents)", "v0.0.2")


def test_a_tree_that_is_not_clean_or_not_main_is_no_release(clone):
    green, said = clone.make_release("VERSION=v0.0.2")
    assert not green
    assert "'v0.0.2' is no version" in said
    assert "Traceback" not in said
    git(clone.folder, "switch", "-q", "-c", "other")
    clone.edit("README.md", "#", "# ")
    green, said = clone.make_release("VERSION=0.0.1")
    assert not green
    for told in (
        "not committed",
        "This is other",
        "v0.0.1 is released: the next version must be higher",
        "These do not say 0.0.1",
    ):
        assert told in said
