"""Each service's openapi.json: `python -m tools.openapi --write [SERVICE ...]` writes it; without --write, compares."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def services() -> list[str]:
    """Names of the services: the folders that hold a service.yaml."""
    return sorted(path.parent.name for path in (ROOT / "services").glob("*/service.yaml"))


def render(package: str) -> str:
    """The document of a service as it stands in git: sorted, indented, with a final newline."""
    app = importlib.import_module(f"{package}.app").app
    return json.dumps(app.openapi(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def stale(package: str) -> bool:
    """Whether the file in git is not what the code says."""
    path = ROOT / "services" / package / "openapi.json"
    return not path.is_file() or path.read_text(encoding="utf-8") != render(package)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("services", nargs="*")
    arguments = parser.parse_args()
    wrong = [package for package in arguments.services or services() if stale(package)]
    for package in wrong:
        if arguments.write:
            (ROOT / "services" / package / "openapi.json").write_text(render(package), encoding="utf-8")
        print(f"{'written' if arguments.write else 'stale'}: services/{package}/openapi.json")
    if wrong and not arguments.write:
        sys.exit("The API changed. Run `make openapi`, look at the difference, and commit it.")


if __name__ == "__main__":
    main()
