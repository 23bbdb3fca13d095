"""`make compatibility`: what of the last release would break beside the code that is here.

During a release the old pods run while the new ones come, and clients stay as they are. What is compared: the OpenAPI
documents, internal endpoints, events, and a database of the last release that is migrated.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tools.openapi import services, with_database
from tools.release import api, database, events
from tools.release.repository import ROOT, Refused, changed, exported, last_release


def broken(root: Path, tag: str) -> list[str]:
    """What breaks since this release, a line each."""
    files = changed(root, tag)
    with exported(root, tag) as old:
        found = [f"API: {each}" for each in _apis(old, root)]
        code = [name for name in files if name.startswith(("chassis/", "services/")) and name.endswith((".py", ".sql"))]
        if not code:
            return found
        was = declared(old)
        now = declared(root) if any(name.endswith(".py") for name in code) else was
        kept = [name for name in was if name in now]
        for name in kept:
            found += [f"API: {each}" for each in api.broken(was[name]["internal"], now[name]["internal"])]
        found += [f"event: {each}" for each in events.broken(was, now)]
        statements = {name: [*was["chassis"]["sql"], *was[name]["sql"], *_files(old, name)] for name in kept}
        wanted = [name for name in with_database(old) if name in kept and _migrations_differ(files, name)]
        told = asyncio.run(database.broken(old, root, statements, wanted)) if wanted else []
        return found + [f"table: {each}" for each in told]


def declared(tree: Path) -> dict[str, Any]:
    """What the code of a release declares."""
    environment = {**os.environ, "PYTHONPATH": f"{tree}{os.pathsep}{tree / 'services'}"}
    program = Path(__file__).with_name("declared.py")
    command = [sys.executable, "-P", str(program), *services(tree)]
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Refused(f"The code in {tree} could not be read:\n{done.stderr.strip()[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _apis(old: Path, new: Path) -> list[str]:
    """Of the one document of all services and of each service's own; what both say is told once."""
    found: dict[str, None] = {}
    for path in (old / "docs/openapi.json", *sorted(old.glob("services/*/openapi.json"))):
        now = new / path.relative_to(old)
        after = json.loads(now.read_text("utf-8")) if now.is_file() else {}
        found |= dict.fromkeys(api.broken(json.loads(path.read_text("utf-8")), after))
    return list(found)


def _files(tree: Path, service: str) -> list[str]:
    """The SQL that is in files of its own."""
    return [path.read_text("utf-8") for path in sorted((tree / "services" / service / "books").rglob("*.sql"))]


def _migrations_differ(files: set[str], service: str) -> bool:
    return any(name.startswith(("chassis/migrations/", f"services/{service}/migrations/")) for name in files)


def main() -> None:
    """Compare with the last release; the exit status is 1 if something breaks."""
    try:
        tag = last_release(ROOT)
        if not tag:
            print("There is no release yet: there is nothing to compare with.")
            return
        found = broken(ROOT, tag)
    except Refused as refused:
        sys.exit(str(refused))
    if found:
        sys.exit("\n".join([f"Beside {tag} this breaks:", *found]))
    print(f"{tag} can run beside this, and its clients with it.")


if __name__ == "__main__":
    main()
