"""What GitHub reads of `.github`: owners of folders, forms of issues, the form of a pull request."""

from __future__ import annotations

import re

import pytest
import yaml

from tools.release.repository import ROOT, git

FORMS = ROOT / ".github/ISSUE_TEMPLATE"
FILES = sorted(git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard").split("\n"))
SETTINGS = (ROOT / "deploy/terraform/settings/organisation.tf").read_text("utf-8")
# GitHub's rules for forms: the keys of an element's attributes by its type.
ATTRIBUTES = {
    "markdown": {"value"},
    "textarea": {"label", "description", "placeholder", "value", "render"},
    "input": {"label", "description", "placeholder", "value"},
    "dropdown": {"label", "description", "multiple", "options", "default"},
    "checkboxes": {"label", "description", "options"},
}
TOP = {"name", "description", "body", "assignees", "labels", "title", "type", "projects"}


def owners() -> dict[str, list[str]]:
    lines = (ROOT / ".github/CODEOWNERS").read_text("utf-8").split("\n")
    rows = [line.split() for line in lines if line.strip() and not line.startswith("#")]
    return {pattern: names for pattern, *names in rows}


def test_every_folder_has_an_owner_and_every_pattern_fits_a_file():
    patterns = set(owners())
    folders = {name.partition("/")[0] for name in FILES if "/" in name}
    assert {f"/{folder}/" for folder in folders} - patterns == set()
    for pattern in patterns - {"*"}:
        assert any(f"/{name}".startswith(pattern) for name in FILES), pattern


def test_owners_are_those_who_may_approve():
    owner = re.search(r'github = \{\s+owner\s+= "([^"]+)"', SETTINGS)
    teams = re.search(r"reviewers = \[([^\]]*)\]", SETTINGS)
    # A repository that belongs to a person has that person.
    assert owner
    assert teams
    known = {f"@{owner[1]}/{team}" for team in re.findall(r'"([^"]+)"', teams[1])} | {f"@{owner[1]}"}
    assert {name for names in owners().values() for name in names} <= known
    assert all(owners().values())


def misformed(form: dict) -> list[str]:
    """What GitHub would refuse."""
    found = [f"{key} is no key of a form" for key in set(form) - TOP]
    found += [f"{key} is missing" for key in ("name", "description", "body") if not form.get(key)]
    asked = [each for each in form.get("body", []) if each.get("type") != "markdown"]
    found += [] if asked else ["a form needs a field that is no markdown"]
    for name in ("id", "label"):
        values = [each.get("id") if name == "id" else each.get("attributes", {}).get("label") for each in asked]
        known = [value for value in values if value is not None]
        found += [f"{name} stands twice" for _ in range(len(known) - len(set(known)))]
    for each in form.get("body", []):
        kind, given = each.get("type"), each.get("attributes", {})
        if kind not in ATTRIBUTES:
            found.append(f"{kind} is no type")
            continue
        found += [f"{kind}: {key}" for key in set(given) - ATTRIBUTES[kind]]
        found += [f"{kind}: {key}" for key in set(each) - {"type", "id", "attributes", "validations"}]
        found += [
            f"{kind} needs {need}" for need in ("value" if kind == "markdown" else "label",) if not given.get(need)
        ]
        found += ["an id has letters, digits, - and _"] if not re.fullmatch(r"[\w-]+", each.get("id", "x")) else []
        if kind in {"dropdown", "checkboxes"}:
            options = given.get("options") or []
            texts = [option["label"] if kind == "checkboxes" else option for option in options]
            found += [] if texts and all(isinstance(text, str) for text in texts) else [f"{kind} needs options"]
            found += [f"{kind}: options stand twice"] if len(set(map(str, texts))) != len(texts) else []
            found += [f"{kind}: None is reserved"] if "none" in {str(text).lower() for text in texts} else []
    return found


@pytest.mark.parametrize("path", sorted(set(FORMS.glob("*.yml")) - {FORMS / "config.yml"}), ids=lambda path: path.stem)
def test_forms_are_such_as_github_takes(path):
    form = yaml.safe_load(path.read_text("utf-8"))
    assert misformed(form) == []
    assert misformed({**form, "body": [{"type": "text", "attributes": {"label": "x"}}]}) != []
    assert misformed({**form, "labl": []}) == ["labl is no key of a form"]
    assert misformed({**form, "body": [*form["body"], form["body"][-1]]}) != []


def test_a_weakness_is_sent_elsewhere():
    settings = yaml.safe_load((FORMS / "config.yml").read_text("utf-8"))
    assert set(settings) == {"blank_issues_enabled", "contact_links"}
    assert settings["blank_issues_enabled"] is False
    (link,) = settings["contact_links"]
    assert set(link) == {"name", "url", "about"}
    assert link["url"].endswith("/security/advisories/new")
    assert "SECURITY.md" in link["about"]


def test_the_pull_request_has_the_ten_boxes_of_the_checklist():
    boxes = re.findall(r"^- \[ \] ", (ROOT / ".github/pull_request_template.md").read_text("utf-8"), re.MULTILINE)
    contributing = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    asked = re.findall(r"^\d+\. ", contributing.partition("## Review checklist")[2], re.MULTILINE)
    assert (len(boxes), len(asked)) == (10, 10)
    assert contributing.startswith("# Contributing\n\n**Every operation runs concurrently with itself.**")
    assert contributing.count("\n") < 180
