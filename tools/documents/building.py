"""The site is built by mkdocs, in the environment of tools/install_docs.sh; complaints name file and line."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

PYTHON = Path(".venv") / "docs" / "bin" / "python"
_READY = Path(".venv") / ".docs-ready"
_COMPLAINT = re.compile(r"^(?:WARNING|ERROR)\s+-\s+(.*(?:\n  .*)*)", re.MULTILINE)
_LINK = re.compile(r"^Doc file '([^']+)' contains (?:a|an \w+) link '([^']+)', (.*)", re.DOTALL)


def missing(root: Path) -> str:
    """What is missing for a build, and what to do; an empty text if nothing is."""
    if (root / _READY).exists():
        return ""
    return (
        "mkdocs-material and Mermaid are not installed, so no site was built: run `make .venv/.docs-ready`"
        " and do what it says"
    )


def build(root: Path, to: Path) -> list[str]:
    """Build the site into a folder; returns complaints."""
    command = [str(root / PYTHON), "-m", "mkdocs", "build", "--strict", "--clean", "--site-dir", str(to)]
    done = subprocess.run(command, cwd=root, env=_environment(), capture_output=True, text=True, check=False)
    output = done.stdout + done.stderr
    found = [_placed(root, " ".join(each.split())) for each in _COMPLAINT.findall(output)]
    if done.returncode and not found:
        return [f"mkdocs.yml: mkdocs ended with {done.returncode}: {output.strip()[-2000:]}"]
    return found


def serve(root: Path, port: int) -> NoReturn:
    """Become the program that serves the site on loopback until somebody ends it; a change in docs is seen at once."""
    command = [str(root / PYTHON), "-m", "mkdocs", "serve", "--no-strict", "--dev-addr", f"127.0.0.1:{port}"]
    os.chdir(root)
    os.execve(command[0], command, _environment())  # noqa: S606 -- no shell, and these words alone


def _environment() -> dict[str, str]:
    """Without the notice of a successor, which is no complaint about our pages."""
    return {**os.environ, "NO_MKDOCS_2_WARNING": "1"}


def _placed(root: Path, complaint: str) -> str:
    """The complaint with the file of the repository and its line."""
    found = _LINK.match(complaint)
    if not found:
        return f"mkdocs.yml: {complaint}"
    name = found[1].removeprefix("code/") if found[1].startswith("code/") else f"docs/{found[1]}"
    line = next(iter(_lines(root / name, found[2])), 1)
    return f"{name}:{line}: the link {found[2]} leads nowhere: {found[3]} Mend the link, or what it should lead to"


def _lines(path: Path, link: str) -> Iterator[int]:
    """The lines of a page with a link that ends like this one: its folders may be written otherwise there."""
    end = link.rpartition("/")[2]
    if path.is_file():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if f"{end})" in line or line.endswith(end):
                yield number
