"""What the documents point at exists: files, headings, `make` targets. Of what is generated, test_environments.py."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from deploy import TERRAFORM
from deploy.documents.reference import MARK, readme

ROOT = TERRAFORM.parents[1]
PAGES = [
    ROOT / "README.md",
    *sorted(ROOT.glob("docs/**/*.md")),
    *(path for path in sorted(ROOT.glob("deploy/**/*.md")) if ".terraform" not in path.parts),
]
_FENCE = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
_SPAN = re.compile(r"`[^`\n]+`")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
# At the start of a command: as a span, or on a line of a block. In prose "make them" is English.
_MAKE = re.compile(r"(?:^|[`;&] ?)make ([a-z][a-z-]*)", re.MULTILINE)
_TARGETS = re.compile(r"^([a-z][a-z -]*):", re.MULTILINE)
_SECTION = re.compile(r"(docs/aws/[\w-]+\.md), ([A-Z][\w' ]+)")


def name_of(path):
    return str(path.relative_to(ROOT))


def anchors(path):
    """The names that GitHub gives to a page's headings."""
    found: list[str] = []
    for heading in _HEADING.findall(_FENCE.sub("", path.read_text(encoding="utf-8"))):
        text = _LINK.sub(lambda link: link[0][1 : link[0].index("]")], heading)
        slug = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
        earlier = sum(name == slug or re.fullmatch(rf"{re.escape(slug)}-\d+", name) is not None for name in found)
        found.append(f"{slug}-{earlier}" if earlier else slug)
    return found


def unresolved(page):
    prose = _SPAN.sub("", _FENCE.sub("", page.read_text(encoding="utf-8")))
    for link in _LINK.findall(prose):
        if re.match(r"[a-z]+:", link):
            continue
        place, _, anchor = link.partition("#")
        target = page.parent / place if place else page
        if not target.exists() or (anchor and (target.suffix != ".md" or anchor not in anchors(target))):
            yield link


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_somewhere(page):
    assert not list(unresolved(page))


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_make_target_exists(page):
    text = page.read_text(encoding="utf-8")
    commands = "\n".join(_FENCE.findall(text) + _SPAN.findall(_FENCE.sub("", text)))
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


def test_a_link_that_leads_nowhere_is_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "# One thing\n\n[a](#one-thing) [b](page.md#one-thing) [c](https://example.com) `[d](code)`\n"
        "\n```sh\n[e](block)\n```\n\n[f](gone.md) [g](#another) [h](page.md#two)\n",
        encoding="utf-8",
    )
    assert list(unresolved(page)) == ["gone.md", "#another", "page.md#two"]


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
