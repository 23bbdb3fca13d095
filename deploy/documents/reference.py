"""The inputs and outputs of a module or root, as tables below the mark in its README."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import hcl2

MARK = "<!-- reference -->"


def folders(tree: Path) -> list[Path]:
    """The folders whose README carries the mark's tables: every module, and the roots that stand alone."""
    return [
        *sorted(path for path in (tree / "modules").iterdir() if path.is_dir()),
        tree / "bootstrap",
        tree / "github",
    ]


def readme(folder: Path) -> str:
    """The README with its tables made anew.

    Raises:
        ValueError: when it has no mark.
    """
    text = (folder / "README.md").read_text(encoding="utf-8")
    if MARK not in text:
        raise ValueError(f"{folder.name}/README.md has no line {MARK}")
    written = text.split(MARK, 1)[0].rstrip("\n")
    return "\n".join([written, "", MARK, "", *_tables(folder)]) + "\n"


def _tables(folder: Path) -> list[str]:
    variables, outputs = _blocks(folder, "variable"), _blocks(folder, "output")
    lines = []
    if variables:
        lines += ["| input | type | default | what it is |", "| --- | --- | --- | --- |"]
        lines += [
            f"| `{name}` | `{_type(body)}` | {_default(body)} | {_cell(body.get('description', ''))} |"
            for name, body in variables.items()
        ]
    if outputs:
        lines += ["", "| output | what it is |", "| --- | --- |"]
        lines += [f"| `{name}` | {_cell(body.get('description', ''))} |" for name, body in outputs.items()]
    return lines


def _blocks(folder: Path, kind: str) -> dict[str, dict[str, Any]]:
    """{name: body} of every block of a kind in a folder, in the order of the files and their lines."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(folder.glob("*.tf")):
        with path.open(encoding="utf-8") as file:
            document = hcl2.load(file)
        for block in document.get(kind, []):
            for name, body in block.items():
                if not name.startswith("__"):
                    found[_plain(name)] = body
    return found


def _plain(text: object) -> str:
    return str(text).strip().removeprefix("${").removesuffix("}").strip('"')


def _type(body: dict[str, Any]) -> str:
    kind = " ".join(_plain(body.get("type", "any")).split())
    return (
        "object"
        if kind.startswith("object(")
        else kind.replace("|", "\\|")
        if len(kind) < 60
        else kind.split("(", 1)[0]
    )


def _default(body: dict[str, Any]) -> str:
    if "default" not in body:
        return "required"
    value = _unquoted(body["default"])
    return f"`{value if value and isinstance(value, str) else json.dumps(value)}`"


def _unquoted(value: Any) -> Any:
    """The parser leaves their quotes on strings, also inside of lists and maps."""
    if isinstance(value, dict):
        return {_plain(key): _unquoted(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_unquoted(inner) for inner in value]
    return _plain(value) if isinstance(value, str) else value


def _cell(text: object) -> str:
    return " ".join(_plain(text).replace('\\"', '"').split()).replace("|", "\\|")
