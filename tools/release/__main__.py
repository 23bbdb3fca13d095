"""`make release VERSION=0.2.0`: checks what is on main and makes the tag of a release, here alone; it never pushes.

`ARGS=--prepare` writes the version, the changelog and the notes of upgrading, for a pull request; `ARGS=--check` only
checks. docs/releasing.md says when each.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tools.release import compatibility, notes, version
from tools.release.repository import ROOT, Refused, git, last_release

_SHOWN = 10


@dataclass(frozen=True)
class Release:
    """What is to be released. `tag` is that of the last release, if any."""

    root: Path
    version: str
    mode: str
    tag: str

    def number(self) -> list[str]:
        """Whether it is a new version, higher than the last."""
        if not version.SEMANTIC.fullmatch(self.version):
            raise Refused(f"'{self.version}' is no version: make release VERSION=1.2.3, or 1.2.3-rc.1")
        if self.tag and version.order(self.version) <= version.order(self.tag.removeprefix("v")):
            return [f"{self.tag} is released: the next version must be higher"]
        known = git(self.root, "tag", "--list", f"v{self.version}")
        return [f"The tag {known} exists, on another branch: look at git show {known}"] if known else []

    def tree(self) -> list[str]:
        """Whether what is here is what is committed, on main."""
        found = ["There are changes that are not committed: git status"] if git(self.root, "status", "-s") else []
        branch = git(self.root, "rev-parse", "--abbrev-ref", "HEAD")
        if branch != "main" and self.mode != "prepare":
            found.append(f"This is {branch}; releases are made of main: git switch main && git pull")
        return found

    def changelog(self) -> list[str]:
        """The form of the changelog, and whether it tells of this version."""
        text = (self.root / notes.CHANGES).read_text("utf-8")
        found = [f"{notes.CHANGES}: {each}" for each in notes.misformed(text)]
        if not (notes.section(text, self.version) or notes.section(text, notes.UNRELEASED)):
            found.append(f"{notes.CHANGES} says nothing of this version: write it under Unreleased")
        return found

    def upgrades(self) -> list[str]:
        """What docs/upgrading.md does not tell of."""
        return notes.unnoted(self.root, self.tag, self.version)

    def neighbours(self) -> list[str]:
        """What of the last release breaks beside this one."""
        if not self.tag:
            print("      There is no release yet: this is the first, and there is nothing to compare it with.")
            return []
        accepted = notes.accepted(self.root, self.tag, self.version)
        return [each for each in compatibility.broken(self.root, self.tag) if each not in accepted]

    def written(self) -> list[str]:
        """Whether `--prepare` was run and merged."""
        wrong = version.unlike(self.root, self.version)
        text = (self.root / notes.CHANGES).read_text("utf-8")
        wrong += [] if notes.section(text, self.version) else [f"{notes.CHANGES} (no section)"]
        how = f"make release VERSION={self.version} ARGS=--prepare, on a branch, and merge it"
        return [f"These do not say {self.version}: {', '.join(wrong)}. Run {how}"] if wrong else []

    def gates(self) -> list[str]:
        """Whether `make check` is green."""
        done = subprocess.run(["make", "check"], cwd=self.root, check=False)
        return ["make check failed (see above)"] if done.returncode else []

    def prepare(self) -> None:
        """Write the version, the changelog, the notes and the OpenAPI documents."""
        for name, date in ((notes.CHANGES, f"{datetime.now(UTC):%Y-%m-%d}"), (notes.UPGRADES, "")):
            path = self.root / name
            text = path.read_text("utf-8")
            if not notes.section(text, self.version):
                path.write_text(notes.released(text, self.version, date), "utf-8")
        version.write(self.root, self.version)
        subprocess.run([sys.executable, "-m", "tools.openapi"], cwd=self.root, check=True)
        print(f"Written. Read git diff, commit it as 'Release {self.version}', and open a pull request.")

    def make_tag(self) -> None:
        """Tag HEAD with the changelog's text. Nothing leaves this machine."""
        text = notes.section((self.root / notes.CHANGES).read_text("utf-8"), self.version)
        name, message = f"v{self.version}", f"Mercat {self.version}\n\n{text}"
        git(self.root, "tag", "--annotate", "--cleanup=whitespace", "--message", message, name)
        print(f"Tagged {name}. Read git show {name}, then: git push origin {name}")


def checks(release: Release) -> dict[str, Callable[[], list[str]]]:
    """What is checked, the fastest first."""
    found = {
        "the version": release.number,
        "a clean tree, on main": release.tree,
        "the changelog": release.changelog,
        "notes on upgrading": release.upgrades,
        "written everywhere": release.written,
        "beside the last release": release.neighbours,
        "gates (make check)": release.gates,
    }
    left_out = {"check": ["written everywhere"], "prepare": ["written everywhere", "gates (make check)"]}
    return {name: run for name, run in found.items() if name not in left_out.get(release.mode, ())}


def propose(root: Path, tag: str) -> None:
    """Print what the changelog may lack, by folder."""
    for folder, subjects in (notes.proposals(root, tag) if tag else {}).items():
        print(f"Not in the changelog, perhaps rightly: {folder}")
        print("\n".join(f"  {subject}" for subject in subjects[:_SHOWN]))
        if len(subjects) > _SHOWN:
            print(f"  and {len(subjects) - _SHOWN} more: git log {tag}..HEAD -- {folder}")


def main() -> None:
    """Check, then write or tag; the exit status is 1 if a check fails."""
    parser = argparse.ArgumentParser(prog="make release", description=__doc__)
    parser.add_argument("version")
    modes = parser.add_mutually_exclusive_group()
    for mode in ("check", "prepare"):
        modes.add_argument(f"--{mode}", dest="mode", action="store_const", const=mode, default="tag")
    given = parser.parse_args()
    try:
        release = Release(ROOT, given.version, given.mode, last_release(ROOT))
        failed = False
        for name, run in checks(release).items():
            if failed and run == release.gates:
                print(f"      {name}: not run, since the above failed")
                continue
            found = run()
            failed = failed or bool(found)
            print(
                "\n".join([f"{'FAIL' if found else 'ok  '}  {name}", *(f"      {each}" for each in found)]), flush=True
            )
        propose(ROOT, release.tag)
        if failed:
            sys.exit(f"{given.version} cannot be released as it is.")
        if given.mode != "check":
            (release.prepare if given.mode == "prepare" else release.make_tag)()
    except Refused as refused:
        sys.exit(str(refused))


if __name__ == "__main__":
    main()
