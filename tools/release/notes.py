"""CHANGELOG.md, in the form of Keep a Changelog, and docs/upgrading.md: what changed, and what operators must do."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

from tools.release import version as versions
from tools.release.repository import changed, git

CHANGES, UPGRADES = "CHANGELOG.md", "docs/upgrading.md"
UNRELEASED = "Unreleased"
_KINDS = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")
_SECTION = re.compile(r"^## (.+)\n", re.MULTILINE)
_RELEASED = re.compile(r"(\S+) - (\d{4}-\d{2}-\d{2})")
_BREAKS = re.compile(r"^- Breaks: (.+)$", re.MULTILINE)
# What an operator has to be told of, by the name of its line in docs/upgrading.md, and the files that say it.
_TOLD = {
    "Migrations": re.compile(r"(chassis|services/[^/]+)/migrations/.+\.sql"),
    "Settings": re.compile(r"(chassis/config|services/[^/]+|mercat/config)/settings\.py"),
    "Events": re.compile(r"(chassis/outbox|services/[^/]+)/events\.py"),
}
_API = re.compile(r"(docs|services/[^/]+)/openapi\.json")


def section(text: str, title: str) -> str:
    """What stands under the heading of a version; empty if there is none."""
    for heading in _SECTION.finditer(text):
        if heading[1].partition(" - ")[0] == title:
            following = _SECTION.search(text, heading.end())
            return text[heading.end() : following.start() if following else None].strip()
    return ""


def misformed(text: str) -> list[str]:
    """Deviations of a changelog from its form."""
    headings = _SECTION.findall(text)
    found = [] if headings[:1] == [UNRELEASED] else ["its first section must be `## Unreleased`"]
    dated = [_RELEASED.fullmatch(each) for each in headings[1:]]
    found += [f"`## {each}` is not VERSION - DATE" for each, fits in zip(headings[1:], dated, strict=True) if not fits]
    known = [each[1] for each in dated if each and versions.SEMANTIC.fullmatch(each[1])]
    if known != sorted(known, key=versions.order, reverse=True):
        found.append("the newest version must come first")
    kinds = re.findall(r"^### (.+)$", text, re.MULTILINE)
    return found + [f"`### {each}` is none of {', '.join(_KINDS)}" for each in kinds if each not in _KINDS]


def released(text: str, version: str, date: str = "") -> str:
    """The text with what was unreleased under a version; a date belongs to changelogs."""
    heading = f"## {version} - {date}" if date else f"## {version}"
    return text.replace(f"## {UNRELEASED}\n", f"## {UNRELEASED}\n\n{heading}\n", 1)


def unnoted(root: Path, tag: str, version: str) -> list[str]:
    """What an operator has to be told of and is not; before the first release there is nothing to upgrade from."""
    text = (root / UPGRADES).read_text("utf-8")
    said = section(text, version) or section(text, UNRELEASED)
    if not tag:
        return []
    files = changed(root, tag)
    kinds = [kind for kind, path in _TOLD.items() if any(map(path.fullmatch, files))]
    kinds += ["API"] if any(_api(root, tag, name) for name in filter(_API.fullmatch, files)) else []
    missing = [kind for kind in kinds if not re.search(rf"^- {kind}: \S", said, re.MULTILINE)]
    return [f"{UPGRADES}: {UNRELEASED} needs a line `- {kind}: ...` on what changed since {tag}" for kind in missing]


def accepted(root: Path, tag: str, version: str) -> set[str]:
    """What docs/upgrading.md says will break, where the version's number says so too."""
    text = (root / UPGRADES).read_text("utf-8")
    said = section(text, version) or section(text, UNRELEASED)
    return set(_BREAKS.findall(said)) if versions.may_break(tag.removeprefix("v"), version) else set()


def proposals(root: Path, tag: str) -> dict[str, list[str]]:
    """Subjects of commits that changed code and not the changelog, by the folder that they changed most."""
    found: dict[str, list[str]] = defaultdict(list)
    for commit in git(root, "log", "--no-merges", "--format=%x00%s", "--name-only", f"{tag}..HEAD").split("\0")[1:]:
        subject, *files = filter(None, commit.split("\n"))
        code = [name for name in files if "tests" not in name.split("/") and not name.endswith(".md")]
        if code and CHANGES not in files:
            folders = ["/".join(name.split("/")[: 2 if name.startswith("services/") else 1]) for name in code]
            found[max(folders, key=folders.count)].append(subject)
    return dict(sorted(found.items()))


def _api(root: Path, tag: str, name: str) -> bool:
    """Whether an OpenAPI document differs in more than its version."""
    before: Any = json.loads(git(root, "show", f"{tag}:{name}") if _has(root, tag, name) else "{}")
    after = json.loads((root / name).read_text("utf-8")) if (root / name).is_file() else {}
    return bool({**before, "info": None} != {**after, "info": None})


def _has(root: Path, tag: str, name: str) -> bool:
    return bool(git(root, "ls-tree", "--name-only", tag, name))
