"""`python -m tools.openapi` writes the openapi.json of each service, and docs/openapi.json.

The latter has all services, with docs/guides/front-end.md as introduction. `make check` compares them with the code.
"""

from __future__ import annotations

import importlib
import json
import re
from pathlib import Path

from chassis.config import service_spec
from tools import merging

ROOT = Path(__file__).resolve().parent.parent
WHOLE = "docs/openapi.json"
INTRODUCTION = "docs/guides/front-end.md"
# Begins what is for readers in the project's folder alone: commands.
_COMMANDS = "\n## Try it\n"
_TO_FILE = re.compile(r"\[([^\]]+)\]\((?!https?:)[^)]+\)")


def services(root: Path = ROOT) -> list[str]:
    """The names of the services: the folders with a service.yaml."""
    return sorted(path.parent.name for path in root.glob("services/*/service.yaml"))


def with_api(root: Path = ROOT) -> list[str]:
    """The services with an API: not those that show pages alone."""
    return [name for name in services(root) if _spec(root, name).routes != [service_spec.REST]]


def with_database(root: Path = ROOT) -> list[str]:
    """The services with a database, and so with tables, events and jobs."""
    return [name for name in services(root) if _spec(root, name).database]


def _spec(root: Path, name: str) -> service_spec.ServiceSpec:
    return service_spec.read(root / "services" / name / "service.yaml")


def render(package: str) -> str:
    """The document of a service, with sorted keys."""
    app = importlib.import_module(f"{package}.app").app
    return json.dumps(app.openapi(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def whole() -> str:
    """The document of all services."""
    documents = {package: json.loads(render(package)) for package in with_api()}
    return merging.render(merging.merge(documents, introduction((ROOT / INTRODUCTION).read_text(encoding="utf-8"))))


def introduction(guide: str) -> str:
    """A guide without its title and commands, and of its links to files, dead in /docs, only the words."""
    text = guide.partition(_COMMANDS)[0].removeprefix("# ").partition("\n")[2]
    return _TO_FILE.sub(r"\1", text).strip() + "\n"


def stale() -> dict[str, str]:
    """The new content of each file that differs from the code, by its path."""
    wanted = {f"services/{package}/openapi.json": render(package) for package in with_api()}
    wanted[WHOLE] = whole()
    return {name: text for name, text in wanted.items() if not _is_current(ROOT / name, text)}


def _is_current(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


def main() -> None:
    """Write the files that differ from the code."""
    for name, text in stale().items():
        (ROOT / name).write_text(text, encoding="utf-8")
        print(f"written: {name}")


if __name__ == "__main__":
    main()
