"""Checks the import contracts of pyproject.toml by import-linter; "services.*" stands for all services."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
EVERY_SERVICE = "services.*"


def contracts(root: Path) -> str:
    """The configuration of import-linter, as TOML, with the names of all services."""
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    names = sorted(path.parent.name for path in root.glob("services/*/service.yaml"))
    own, rules = {key: value for key, value in settings.items() if key != "contracts"}, settings["contracts"]
    blocks = [_block("tool.importlinter", own, names)]
    blocks += [_block("[tool.importlinter.contracts]", rule, names) for rule in rules]
    return "\n".join(blocks)


def _block(title: str, values: dict[str, Any], names: list[str]) -> str:
    # Strings and lists of strings are the same in JSON and TOML.
    lines = [f"{key} = {json.dumps(_expanded(value, names))}" for key, value in values.items()]
    return "\n".join([f"[{title}]", *lines, ""])


def _expanded(value: Any, names: list[str]) -> Any:
    if not isinstance(value, list):
        return value
    return [name for each in value for name in (names if each == EVERY_SERVICE else [each])]


def check(root: Path = ROOT) -> str:
    """The output of import-linter if a contract is broken, else an empty text."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "contracts.toml"
        config.write_text(contracts(root), encoding="utf-8")
        command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache", "--config", str(config)]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else (done.stdout + done.stderr).strip() or f"exit {done.returncode}"
