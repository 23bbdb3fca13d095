"""What the documents name exists: targets, sections. Generated parts: test_environments.py; links: tools.gates."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from deploy import TERRAFORM
from deploy.documents.reference import MARK, readme
from tools.gates.links import FENCE, SPAN, anchors

ROOT = TERRAFORM.parents[1]
PAGES = [
    ROOT / "README.md",
    *sorted(ROOT.glob("docs/**/*.md")),
    *(path for path in sorted(ROOT.glob("deploy/**/*.md")) if ".terraform" not in path.parts),
]
# At the start of a command: as a span, or on a line of a block. In prose "make them" is English.
_MAKE = re.compile(r"(?:^|[`;&] ?)make ([a-z][a-z-]*)", re.MULTILINE)
_TARGETS = re.compile(r"^([a-z][a-z -]*):", re.MULTILINE)
_SECTION = re.compile(r"(docs/aws/[\w-]+\.md), ([A-Z][\w' ]+)")


def name_of(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_make_target_exists(page):
    text = page.read_text(encoding="utf-8")
    commands = "\n".join(FENCE.findall(text) + SPAN.findall(FENCE.sub("", text)))
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = {target for line in _TARGETS.findall(makefile) for target in line.split()}
    assert set(_MAKE.findall(commands)) <= targets


def test_every_section_that_the_code_names_exists():
    named = {
        section
        for kind in ("py", "tf")
        for path in Path(ROOT / "deploy").rglob(f"*.{kind}")
        for section in _SECTION.findall(path.read_text(encoding="utf-8"))
    }
    assert named
    for page, title in named:
        assert title.lower().replace(" ", "-") in anchors(ROOT / page), f"{page} has no section {title}"


@pytest.mark.parametrize(
    ("default", "shown"),
    [
        ('["a", "b"]', '["a", "b"]'),
        ('{ k = "v", "n" = null }', '{"k": "v", "n": null}'),
        ('"text"', "text"),
        ("7", "7"),
        ("true", "true"),
        ("null", "null"),
        ('""', '""'),
    ],
)
def test_a_default_is_shown_as_it_would_be_written(tmp_path, default, shown):
    (tmp_path / "README.md").write_text(f"About.\n\n{MARK}\n")
    (tmp_path / "variables.tf").write_text(f'variable "v" {{\n  type    = any\n  default = {default}\n}}\n')
    assert f"| `v` | `any` | `{shown}` |" in readme(tmp_path)
