"""Laws of the house that ruff cannot say, found by semgrep: the rules are in tools/semgrep."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

from tools.gates import tree

RULES = tree.ROOT / "tools" / "semgrep"
# What semgrep's grammar lacks, so that it reads the rest of the file alone.
UNREAD = {"services/orders/checkout/usecases/record_fact.py": "`async with A if condition else B as name`"}
_ACCEPTED = re.compile(r"(?:#|//)\s*nosemgrep\b(?P<rest>.*)")
_REASON = r": [a-z-]+(, [a-z-]+)* -- \S", "`nosemgrep: rule -- why it is right here`"


def found(root: Path = tree.ROOT) -> list[str]:
    """A complaint about each finding, each file that could not be read, and each acceptance without a reason."""
    command = [tree.program("semgrep"), "scan", f"--config={RULES}", "--metrics=off", "--disable-version-check"]
    command += ["--json", "--quiet", "--jobs=2", "--timeout=30", "."]
    done = subprocess.run(list(map(str, command)), cwd=root, capture_output=True, text=True, check=False)
    if done.returncode not in {0, 1} or not done.stdout.startswith("{"):
        return [f"semgrep ended with {done.returncode}: {done.stderr.strip() or done.stdout.strip()}"]
    report = json.loads(done.stdout)
    if not report["paths"]["scanned"]:
        return ["semgrep scanned no file"]
    return [
        *map(_told, report["results"]),
        *_unread(report),
        *tree.unreasoned(root, report["paths"]["scanned"], _ACCEPTED, *_REASON),
    ]


def _told(finding: dict[str, Any]) -> str:
    rule = finding["check_id"].rpartition(".")[2]
    return f"{finding['path']}:{finding['start']['line']}: {rule}: {finding['extra']['message']}"


def _unread(report: dict[str, Any]) -> list[str]:
    """Files that could not be read, and files that can be read by now."""
    failed = {str(error.get("path", error["message"])): error["message"] for error in report["errors"]}
    known = UNREAD.keys() & set(report["paths"]["scanned"])
    wrong = [f"{path}: not read: {why}" for path, why in failed.items() if path not in UNREAD]
    return wrong + [f"{path}: semgrep reads it by now; take it out of UNREAD" for path in known - failed.keys()]
