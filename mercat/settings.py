"""Which settings there are, whom a person's setting reaches, and whether it can be right, before anything starts.

The names come from the Settings classes of the services, read as text: to import them takes a second each. Values are
tried out by those classes themselves, in a process of its own: `python -m mercat.settings` reads {service: environment}
and answers {service: what is wrong}.
"""

from __future__ import annotations

import ast
import difflib
import functools
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import chassis
from chassis.config import ServiceSpec
from mercat import sources
from mercat.refusal import Refusal
from mercat.store import Store

_CHASSIS = Path(chassis.__file__).parent
# Of these the store makes its own value; a person may only name one for a single service, as DATABASE_URL_ORDERS.
MADE_HERE = frozenset({
    "DATABASE_URL", "ENVIRONMENT", "SERVICE_KEY_FILE", "CALLERS_FILE", "SERVICE_URLS", "TRUSTED_PROXIES",
    "AUDIENCES", "KEY_ENCRYPTION_KEY_FILE", "MEDIA_DIR", "STRIPE_API_BASE", "STRIPE_PAY_URL",
})  # fmt: skip
# These are asked for by name where they are used.
ASKED_FOR = frozenset({
    "PUBLIC_URL", "VALKEY_URL", "STRIPE_SECRET_KEY", "STRIPE_PUBLISHABLE_KEY", "STRIPE_WEBHOOK_SECRET",
    "STRIPE_SCRIPT_URL",
})  # fmt: skip
_OURS = frozenset({
    "MERCAT_STATE", "MERCAT_PORT_OFFSET", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE", "TZ", "LANG",
    "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_ENDPOINT_URL",
})  # fmt: skip


def names(root: Path, service: str) -> frozenset[str]:
    """The names of a service's settings, in capitals."""
    own = root / "services" / service / "settings.py"
    found = set(_fields(_CHASSIS / "config" / "settings.py"))
    return frozenset(found | set(_fields(own)) if own.is_file() else found)


def _fields(path: Path) -> Iterator[str]:
    """Of every settings class of a module, its bases in other modules included."""
    classes, imported = _module(path, path.stat().st_mtime_ns)
    for bases, fields in classes.values():
        if not bases & {"Settings", "BaseSettings"} and not any(base.endswith("Settings") for base in bases):
            continue
        yield from fields
        for base in bases & imported.keys():
            if (other := _defining(path.parent, imported[base], base)) is not None:
                yield from _fields(other)


def _defining(service: Path, module: str, name: str) -> Path | None:
    """The file that defines a class which is imported from `module`, of the chassis or of the service itself."""
    folder, *rest = module.split(".")
    place = (_CHASSIS if folder == "chassis" else service).joinpath(*rest)
    if place.is_dir():
        face = place / "__init__.py"
        handed_on = _module(face, face.stat().st_mtime_ns)[1].get(name)
        return None if handed_on is None else _defining(service, handed_on, name)
    other = place.with_suffix(".py")
    return other if other.is_file() else None


@functools.cache
def _module(path: Path, _changed: int) -> tuple[dict[str, tuple[set[str], list[str]]], dict[str, str]]:
    """Its classes with their bases and annotated fields, and the names that it imports with their modules."""
    classes: dict[str, tuple[set[str], list[str]]] = {}
    imported: dict[str, str] = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            bases = {base.id for base in node.bases if isinstance(base, ast.Name)}
            lines = [line for line in node.body if isinstance(line, ast.AnnAssign)]
            fields = [line.target.id.upper() for line in lines if isinstance(line.target, ast.Name)]
            classes[node.name] = (bases, fields)
        elif isinstance(node, ast.ImportFrom) and node.module:
            imported |= {alias.asname or alias.name: node.module for alias in node.names}
    return classes, imported


def chosen(store: Store, service: str) -> dict[str, str]:
    """What of the person's settings is for this service: by a setting's name, or by its name and the service's."""
    known, person = names(store.root, service), store.person
    found = {name: person[name] for name in sorted(known - MADE_HERE - ASKED_FOR) if name in person}
    suffix = f"_{service.upper()}"
    return found | {name: person[name + suffix] for name in sorted(known) if name + suffix in person}


def remarks(store: Store, specs: Iterable[ServiceSpec]) -> list[str]:
    """A sentence for each name in the .env file that has no effect, with the nearest one that has, and for each line
    that has no name.
    """
    known = {spec.name: names(store.root, spec.name) for spec in specs}
    every = frozenset[str]().union(*known.values())
    good = (every - MADE_HERE) | _OURS
    for service, own in known.items():
        good |= {f"{name}_{service.upper()}" for name in own | {"DATABASE_OWNER_URL"}}
    said = []
    for name in store.dotenv:
        if " " in name:
            said.append(f"{name.capitalize()} of .env is not of the form NAME=value, and has no effect.")
        elif name in MADE_HERE & every:
            said.append(
                f"{name} in .env has no effect: the store makes its own. For one service alone: {name}_{_first(known)}"
            )
        elif name not in good and name.upper() not in good:
            said.append(f"{name} in .env is not a setting{_nearest(name, good)}")
        elif name not in good:
            said.append(f"{name} in .env is not a setting; did you mean {name.upper()}?")
    return said


def _first(services: Iterable[str]) -> str:
    return next(iter(services)).upper()


def _nearest(name: str, good: Iterable[str]) -> str:
    near = difflib.get_close_matches(name.upper(), sorted(good), n=1, cutoff=0.7)
    return f"; did you mean {near[0]}?" if near else " of this store."


def try_out(store: Store, environments: Mapping[str, Mapping[str, str]]) -> None:
    """Have each service's own class read its settings, unless it did so before.

    Raises:
        Refusal: naming each that is wrong.
    """
    own = {name: store.root / "services" / name / "settings.py" for name in environments}
    asked = {name: environments[name] for name, path in own.items() if path.is_file()}
    note = store.run / "settings.good"
    digest = hashlib.sha256(
        f"{sources.footprint([*own.values(), _CHASSIS])}{json.dumps(asked, sort_keys=True)}".encode()
    ).hexdigest()
    if not asked or (note.is_file() and note.read_text(encoding="ascii") == digest):
        return
    done = subprocess.run(
        [sys.executable, "-m", "mercat.settings"],
        input=json.dumps(asked),
        env={name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
        cwd=store.root,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise Refusal(f"The settings could not be tried out:\n{done.stderr.strip()}")
    wrong: dict[str, str] = json.loads(done.stdout)
    if wrong:
        lines = [f"{service}: {line.strip()}" for service, text in wrong.items() for line in text.splitlines()[1:]]
        raise Refusal(
            "\n".join(["These settings are wrong; look into .env and your environment:", *dict.fromkeys(lines)])
        )
    note.write_text(digest, encoding="ascii")


def _wrong(service: str, environment: dict[str, str]) -> str:
    import importlib

    from chassis.config import Settings, WrongSettings, read_settings

    module = importlib.import_module(f"{service}.settings")
    kinds = [kind for kind in vars(module).values() if isinstance(kind, type) and issubclass(kind, Settings)]
    os.environ.clear()
    os.environ.update(environment)
    try:
        for kind in kinds:
            if kind.__module__ == module.__name__:
                read_settings(kind)
    except WrongSettings as wrong:
        return str(wrong)
    return ""


def main() -> None:
    asked = json.load(sys.stdin)
    answers = {service: _wrong(service, environment) for service, environment in asked.items()}
    print(json.dumps({service: wrong for service, wrong in answers.items() if wrong}))


if __name__ == "__main__":
    main()
