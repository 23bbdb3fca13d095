"""Generates the Python client into a folder: `python -m tools.client FOLDER`.

The generator is openapi-python-client, in an environment of its own (tools/install_client.sh). Its templates of the
README and of pyproject.toml are ours; all code is its own.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from tools.openapi import ROOT, WHOLE

GENERATOR = ROOT / ".venv" / "client" / "bin" / "openapi-python-client"
OWN = Path(__file__).resolve().parent
# What a client's folder holds.
MADE = {".gitignore", "LICENSE", "README.md", "mercat_client", "pyproject.toml"}
# Cached by other tools beside the code: no part of the client.
_CACHES = (".ruff_cache",)


class CannotGenerate(RuntimeError):
    """The client was not made; the message says why and what to do."""


def generate(folder: Path, root: Path = ROOT) -> None:
    """Write the client into the folder, in place of what is there.

    Raises:
        CannotGenerate: the generator is missing, left something out, or the folder holds something else.
    """
    if folder.exists() and not _is_client(folder):
        raise CannotGenerate(f"{folder} holds something else than a client: name a new folder.")
    if lack := missing():
        raise CannotGenerate(lack)
    document = json.loads((root / WHOLE).read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as scratch:
        source, made = Path(scratch, "openapi.json"), Path(scratch, "client")
        source.write_text(json.dumps(for_generator(document)), encoding="utf-8")
        _run(source, made)
        for name in _CACHES:
            shutil.rmtree(made / name, ignore_errors=True)
        shutil.copy(root / "LICENSE", made / "LICENSE")
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(made, folder)


def missing() -> str:
    """What is missing to make it, and what to do; an empty text if nothing is."""
    if GENERATOR.is_file():
        return ""
    return "openapi-python-client is not installed: run `sh tools/install_client.sh`, then again."


def _is_client(folder: Path) -> bool:
    """Whether a folder is empty, or a client and nothing beside it: it may be replaced."""
    there = {path.name for path in folder.iterdir()} if folder.is_dir() else {""}
    return not there or ("mercat_client" in there and there <= MADE)


def for_generator(document: dict[str, Any]) -> dict[str, Any]:
    """The document as the generator reads it: it demands a signed-in client wherever `security` is not empty, also
    where OpenAPI says by an empty way ({}) that a guest may call the operation, too.
    """
    paths = {
        path: {method: _open_to_guests(operation) for method, operation in methods.items()}
        for path, methods in document["paths"].items()
    }
    return {**document, "paths": paths}


def _open_to_guests(operation: dict[str, Any]) -> dict[str, Any]:
    optional = {} in operation.get("security", ())
    return {key: value for key, value in operation.items() if not (optional and key == "security")}


def _run(source: Path, made: Path) -> None:
    options = {
        "--path": source,
        "--output-path": made,
        "--config": OWN / "settings.yaml",
        "--custom-template-path": OWN / "templates",
        "--meta": "uv",
    }
    # The generator formats what it has made by the ruff of its own environment.
    done = subprocess.run(
        [str(GENERATOR), "generate", "--fail-on-warning", *(str(part) for pair in options.items() for part in pair)],
        env={**os.environ, "PATH": f"{GENERATOR.parent}{os.pathsep}{os.environ.get('PATH', '')}"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise CannotGenerate(f"The generator left something out:\n{done.stdout}{done.stderr}")
