from __future__ import annotations

import pytest

from tools.release import notes
from tools.release.repository import ROOT

CHANGELOG = "# Changelog\n\n## Unreleased\n\n### Added\n\n- A.\n\n## 0.1.0 - 2026-01-01\n\n### Fixed\n\n- B.\n"


def test_ours_has_the_form():
    text = (ROOT / notes.CHANGES).read_text("utf-8")
    assert notes.misformed(text) == []
    assert notes.section(text, notes.UNRELEASED)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("## Unreleased", "## Next", "its first section must be `## Unreleased`"),
        ("## 0.1.0 - 2026-01-01", "## 0.1.0 (January)", "`## 0.1.0 (January)` is not VERSION - DATE"),
        ("### Fixed", "### Mended", "`### Mended` is none of"),
        ("\n## 0.1.0", "\n## 0.0.9 - 2026-01-01\n\n## 0.1.0", "the newest version must come first"),
    ],
)
def test_another_form_is_told(old, new, told):
    assert notes.misformed(CHANGELOG) == []
    assert any(each.startswith(told) for each in notes.misformed(CHANGELOG.replace(old, new)))


def test_what_was_unreleased_stands_under_its_version():
    text = notes.released(CHANGELOG, "0.2.0", "2026-02-01")
    assert notes.section(text, notes.UNRELEASED) == ""
    assert notes.section(text, "0.2.0") == "### Added\n\n- A."
    assert notes.section(text, "0.1.0") == "### Fixed\n\n- B."
    assert notes.misformed(text) == []


def test_notes_are_wanted_for_what_changed_and_for_nothing_else(clone):
    root, tag = clone.folder, "v0.0.1"
    upgrades = root / notes.UPGRADES
    upgrades.write_text("# Upgrading\n\n## Unreleased\n")
    assert notes.unnoted(root, tag, "0.0.2") == []
    assert notes.unnoted(root, "", "0.0.2") == []
    clone.edit("services/orders/migrations/0999_x.sql", "", "select 1;\n")
    clone.edit("services/orders/settings.py", '"""', '"""More. ')
    clone.edit("services/orders/events.py", '"""', '"""More. ')
    clone.edit("docs/openapi.json", '"openapi": "3.1.0"', '"openapi": "3.1.1"')
    wanted = ["Migrations", "Settings", "Events", "API"]
    assert [each.split("`")[1] for each in notes.unnoted(root, tag, "0.0.2")] == [f"- {each}: ..." for each in wanted]
    upgrades.write_text("## Unreleased\n\n" + "".join(f"- {each}: nothing to do.\n" for each in wanted))
    assert notes.unnoted(root, tag, "0.0.2") == []


def test_another_version_alone_is_no_change_of_the_api(clone):
    (clone.folder / notes.UPGRADES).write_text("## Unreleased\n")
    clone.edit("docs/openapi.json", '"version": "', '"version": "9')
    assert notes.unnoted(clone.folder, "v0.0.1", "0.0.2") == []


def test_a_break_is_accepted_where_the_number_says_so(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / notes.UPGRADES).write_text("## 0.2.0\n\n- Breaks: API: GET /x: is gone\n")
    assert notes.accepted(tmp_path, "v0.1.0", "0.2.0") == {"API: GET /x: is gone"}
    (tmp_path / notes.UPGRADES).write_text("## 0.1.1\n\n- Breaks: API: GET /x: is gone\n")
    assert notes.accepted(tmp_path, "v0.1.0", "0.1.1") == set()


def test_commits_that_changed_code_alone_are_proposed_by_folder(clone):
    clone.edit("services/orders/shoppers/tokens.py", '"""', '"""More. ')
    clone.commit("Change a token")
    clone.edit("services/orders/NEW.md", "", "More.\n")
    clone.commit("Say more")
    clone.edit("web/storefront/js/new.js", "", "// x\n")
    clone.edit("CHANGELOG.md", "### Added\n", "### Added\n\n- Told.\n")
    clone.commit("Tell of it")
    assert notes.proposals(clone.folder, "v0.0.1") == {"services/orders": ["Change a token"]}
