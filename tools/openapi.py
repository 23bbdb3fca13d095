"""Each service's openapi.json, and docs/openapi.json, which is all of them and docs/front-end.md.

`python -m tools.openapi --write` writes them; without --write, compares.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from pathlib import Path

from tools import merging

ROOT = Path(__file__).resolve().parent.parent
WHOLE = "docs/openapi.json"
INTRODUCTION = "docs/front-end.md"


def services() -> list[str]:
    """Names of the services: the folders that hold a service.yaml."""
    return sorted(path.parent.name for path in (ROOT / "services").glob("*/service.yaml"))


def render(package: str) -> str:
    """The document of a service as it stands in git: sorted, indented, with a final newline."""
    app = importlib.import_module(f"{package}.app").app
    return json.dumps(app.openapi(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def whole() -> str:
    """The document of all services, as it stands in git."""
    documents = {package: json.loads(render(package)) for package in services()}
    return merging.render(merging.merge(documents, (ROOT / INTRODUCTION).read_text(encoding="utf-8")))


def stale() -> dict[str, str]:
    """What should stand in each file that is not what the code says, by its path."""
    wanted = {f"services/{package}/openapi.json": render(package) for package in services()}
    wanted[WHOLE] = whole()
    return {name: text for name, text in wanted.items() if not _stands(ROOT / name, text)}


def _stands(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


def main() -> None:
    """Write the documents, or compare them with those in git."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    wrong = stale()
    for name, text in wrong.items():
        if arguments.write:
            (ROOT / name).write_text(text, encoding="utf-8")
        print(f"{'written' if arguments.write else 'stale'}: {name}")
    if wrong and not arguments.write:
        sys.exit("The API changed. Run `make openapi`, look at the difference, and commit it.")


if __name__ == "__main__":
    main()
