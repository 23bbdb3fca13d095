"""`make check` runs all checks of the code, the fastest first. A missing tool is a failure.

`make check ARGS=services/orders` checks the types in these folders only.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import yaml
from openapi_spec_validator import OpenAPIV31SpecValidator

from tools import api_style, migration_rules, openapi, rooms, rules
from tools import boundaries as imports

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
FOLDERS = [
    "chassis",
    "services",
    "mercat",
    "stripe_double",
    "proofs",
    "tools",
    "examples",
    "deploy",
    "local_servers",
    "reporting",
    "conftest.py",
]


def _run(*argv: str | Path) -> str:
    """Run a command; returns its output if it failed, else an empty text."""
    done = subprocess.run([str(part) for part in argv], cwd=ROOT, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else (done.stdout + done.stderr).strip() or f"exit {done.returncode}"


def lint() -> str:
    """Findings of ruff."""
    return _run(BIN / "ruff", "check", "--quiet", "--no-cache", "--output-format=concise", ".")


def layout() -> str:
    """The files that `ruff format` would change."""
    return _run(BIN / "ruff", "format", "--check", "--quiet", "--no-cache", ".")


def exists(folder: str) -> bool:
    """Whether the folder exists: a service may have been removed."""
    return (ROOT / folder).exists()


def types() -> str:
    """Findings of mypy."""
    return _run(BIN / "mypy", "--no-error-summary", *(sys.argv[1:] or filter(exists, FOLDERS)))


def boundaries() -> str:
    """Broken contracts of import-linter."""
    return imports.check()


def own_rules() -> str:
    """Findings of tools.rules."""
    found = []
    for path in python_files():
        relative = path.relative_to(ROOT)
        service = relative.parts[0] in {"services", "examples"} and "tests" not in relative.parts
        service = service and path.name != "conftest.py"
        found += rules.check(relative, path.read_text(encoding="utf-8"), service=service)
    return "\n".join(map(str, found))


def python_files() -> list[Path]:
    """All Python files that are in git or new and not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / name for name in sorted(set(listed.stdout.split("\n"))) if name and (ROOT / name).is_file()]


def migrations() -> str:
    """Findings of squawk, and of our own rules."""
    files = sorted([*ROOT.glob("chassis/migrations/*.sql"), *ROOT.glob("services/*/migrations/*.sql")])
    found = _run(BIN / "squawk", "--config", ROOT / ".squawk.toml", *files) if files else ""
    return "\n".join(filter(None, [found, *migration_rules.complaints(files)]))


def specifications() -> str:
    """Invalid service.yaml files."""
    schema = json.loads((ROOT / "chassis" / "config" / "service.schema.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    wrong, documents = [], {}
    for name in openapi.services():
        path = ROOT / "services" / name / "service.yaml"
        documents[name] = document = yaml.safe_load(path.read_text(encoding="utf-8"))
        wrong += [f"{path.relative_to(ROOT)}: {error.message}" for error in validator.iter_errors(document)]
        if document.get("name") != name:
            wrong.append(f"{path.relative_to(ROOT)}: its name is not its folder's")
    return "\n".join([*wrong, *unlike_followers(documents)])


def unlike_followers(documents: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Complaints about `followed_by` lists that differ from the services whose `follows` names the service."""
    complaints = []
    for name, document in documents.items():
        followers = sorted(other for other, its in documents.items() if name in its.get("follows", ()))
        if sorted(document.get("followed_by", ())) != followers:
            complaints.append(f"services/{name}/service.yaml: followed_by must be [{', '.join(followers)}]")
    return complaints


def api_drift() -> str:
    """OpenAPI documents that differ from the code."""
    return "\n".join(f"{name} is stale: run `make openapi` and commit it" for name in openapi.stale())


def api_style_kept() -> str:
    """Deviations from the API style, and errors of the OpenAPI specification."""
    whole = json.loads(openapi.whole())
    wrong = [f"{openapi.WHOLE}: {error.message}" for error in OpenAPIV31SpecValidator(whole).iter_errors()]
    return "\n".join([*api_style.deviations(api_style.documents()), *wrong])


CHECKS: dict[str, Callable[[], str]] = {
    "lint (ruff)": lint,
    "format (ruff)": layout,
    "our own rules": own_rules,
    "service.yaml": specifications,
    "migrations (squawk)": migrations,
    "boundaries (import-linter)": boundaries,
    "diagram of the rooms": rooms.stale,
    "OpenAPI drift": api_drift,
    "API style": api_style_kept,
    "types (mypy strict)": types,
}


def main() -> None:
    """Run all checks; the exit status is 1 if one fails."""
    failed = []
    for name, run in CHECKS.items():
        began = time.monotonic()
        complaint = run()
        print(f"{'FAIL' if complaint else 'ok  '}  {name}  ({time.monotonic() - began:.1f} s)", flush=True)
        if complaint:
            print(complaint + "\n")
            failed.append(name)
    if failed:
        sys.exit(f"{len(failed)} of {len(CHECKS)} checks failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
