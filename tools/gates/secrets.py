"""Secrets in the files and in the history, found by gitleaks: .gitleaks.toml says what only looks like one."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

from tools.gates import tree

CONFIG = ".gitleaks.toml"
_ADVICE = "revoke it where it is valid, then remove it; if it opens nothing, name it in .gitleaks.toml with the reason"


def in_files(names: Iterable[str] | None = None, root: Path = tree.ROOT) -> list[str]:
    """A complaint about each secret in these files; without names, in all that git knows or would take."""
    with tempfile.TemporaryDirectory(prefix="mercat-secrets-") as folder:
        for name in tree.files(root) if names is None else names:
            _lay(root / name, Path(folder) / name)
        return _found(["dir", "."], Path(folder), root)


def in_history(base: str = "", root: Path = tree.ROOT) -> list[str]:
    """A complaint about each secret in any commit, or in those since `base`: what was deleted can still be read."""
    return _found(["git", ".", *([f"--log-opts={base}..HEAD"] if base else [])], root, root)


def _lay(source: Path, target: Path) -> None:
    """The file itself under another name; a copy where the folders are on two disks."""
    if not source.is_file() or source.is_symlink():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _found(what: list[str], folder: Path, root: Path) -> list[str]:
    options = ["--config", root / CONFIG, "--redact", "--no-banner", "--no-color", "--log-level=error"]
    options += ["--report-format=json", "--report-path=-", "--exit-code=0", "--max-decode-depth=1"]
    command = [tree.program("gitleaks"), *what, *options]
    done = subprocess.run(list(map(str, command)), cwd=folder, capture_output=True, text=True, check=False)
    # It ends with 0 after errors too, such as a commit that is not there.
    if done.returncode != 0 or done.stderr.strip():
        return [f"gitleaks ended with {done.returncode}, so not all was scanned: {done.stderr.strip()}"]
    return [_told(each) for each in json.loads(done.stdout)]


def _told(finding: dict[str, str]) -> str:
    commit = f" of {finding['Commit'][:8]}" if finding.get("Commit") else ""
    return f"{finding['File']}:{finding['StartLine']}{commit}: {finding['RuleID']}: {_ADVICE}"
