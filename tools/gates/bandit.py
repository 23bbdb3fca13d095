"""What ruff does not look at, found by bandit: above all tests and tools, where ruff's rules of security are off.

pyproject.toml says what bandit leaves to others. Where one is right, its line says so: `# nosec B000 -- why`.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tools.gates import tree

_ACCEPTED = re.compile(r"#\s*nosec\b(?P<rest>.*)")
_REASON = r" B\d{3}(, ?B\d{3})* -- \S", "`nosec B000 -- why it is right here`"


def found(root: Path = tree.ROOT, names: Sequence[str] | None = None) -> list[str]:
    """A complaint about each finding, and each acceptance without a test's number and a reason."""
    names = tree.files(root, "*.py") if names is None else names
    options = ["--quiet", "--format=json", "--severity-level=medium", "--confidence-level=medium"]
    command = [tree.program("bandit"), f"--configfile={tree.ROOT / 'pyproject.toml'}", *options, *names]
    done = subprocess.run(list(map(str, command)), cwd=root, capture_output=True, text=True, check=False)
    start = done.stdout.find("{")
    if done.returncode not in {0, 1} or start < 0:
        return [f"bandit ended with {done.returncode}: {done.stderr.strip()}"]
    report = json.loads(done.stdout[start:])
    unread = [f"{error['filename'].removeprefix('./')}: not read: {error['reason']}" for error in report["errors"]]
    told = [f"{_name(each)}: {each['test_id']}: {each['issue_text']}" for each in report["results"]]
    return [*told, *unread, *tree.unreasoned(root, names, _ACCEPTED, *_REASON)]


def _name(finding: dict[str, str]) -> str:
    return f"{finding['filename'].removeprefix('./')}:{finding['line_number']}"
