"""`make check` runs all checks of the code, and the longest beside the others. A missing tool is a failure.

`make check ARGS=services/orders` checks the types in these folders only.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import yaml
from openapi_spec_validator import OpenAPIV31SpecValidator

from tools import api_style, check_runner, migration_rules, openapi, room_imports, rooms, rules, threats
from tools import boundaries as imports
from tools.evidence import controls
from tools.evidence import pages as evidence
from tools.gates import commits, links, secrets, tree
from tools.release import debt, repository
from tools.stories import page as stories

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


def lint(files: Sequence[str] = (".",)) -> str:
    """Findings of ruff."""
    options = ["--quiet", "--no-cache", "--force-exclude", "--output-format=concise"]
    return _run(BIN / "ruff", "check", *options, *files)


def layout(files: Sequence[str] = (".",)) -> str:
    """The files that `ruff format` would change."""
    return _run(BIN / "ruff", "format", "--check", "--quiet", "--no-cache", "--force-exclude", *files)


def exists(folder: str) -> bool:
    """Whether the folder exists: a service may have been removed."""
    return (ROOT / folder).exists()


def types(files: Sequence[str] = ()) -> str:
    """Findings of mypy."""
    return _run(BIN / "mypy", "--no-error-summary", *(files or filter(exists, FOLDERS)))


def boundaries() -> str:
    """Broken contracts of import-linter, and imports from inside of another room."""
    return "\n".join(filter(None, [imports.check(), *room_imports.check()]))


def own_rules(files: Sequence[str] | None = None) -> str:
    """Findings of tools.rules."""
    found = []
    for path in python_files() if files is None else map(ROOT.joinpath, files):
        relative = path.relative_to(ROOT)
        service = relative.parts[0] in {"services", "examples"} and "tests" not in relative.parts
        service = service and path.name != "conftest.py"
        found += rules.check(relative, path.read_text(encoding="utf-8"), service=service)
    return "\n".join(map(str, found))


def python_files() -> list[Path]:
    """All Python files that are in git or new and not ignored."""
    return [ROOT / name for name in tree.files(ROOT, "*.py")]


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


def debts_registered() -> str:
    """Debts in the code and in the register that do not agree."""
    try:
        return "\n".join(debt.complaints(ROOT, datetime.now(UTC).date()))
    except repository.Refused as refused:
        return str(refused)


def dead_links() -> str:
    """Links between our pages that lead nowhere."""
    return "\n".join(links.dead())


def threats_known() -> str:
    """Gaps of the threat model."""
    return "\n".join(threats.complaints(ROOT))


def evidence_exists() -> str:
    """Evidence on our pages that shows nothing; controls that are missing, or counted wrongly."""
    return "\n".join([*evidence.complaints(), *controls.complaints(ROOT)])


def stories_mapped() -> str:
    """What of the story map is not so."""
    return "\n".join(stories.complaints())


def secrets_kept(files: Sequence[str] | None = None) -> str:
    """Secrets in the files."""
    return tree.told(lambda: secrets.in_files(files))


def subjects() -> str:
    """First lines of commits that do not say what they do."""
    return "\n".join(commits.in_history(os.environ.get("BASE", "")))


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
    "links": dead_links,
    "evidence": evidence_exists,
    "story map": stories_mapped,
    "threat model": threats_known,
    "debts": debts_registered,
    "commits": subjects,
    "secrets (gitleaks)": secrets_kept,
    "types (mypy strict)": types,
}
# These wait for a program that takes long, so they run beside the others.
BESIDE = ("types (mypy strict)", "secrets (gitleaks)")


def main() -> None:
    """Run all checks; the exit status is 1 if one fails."""
    chosen = {"types (mypy strict)": lambda: types(sys.argv[1:])}
    check_runner.run({**CHECKS, **chosen}, beside=BESIDE)


if __name__ == "__main__":
    main()
