"""The settings that users can make: their names, which services get them, and their validation before a start.

The names are parsed from the source of the services' Settings classes: to import these takes a second each. Values are
validated by those classes in a process of its own: `python -m mercat.config.settings` reads {service: environment} and
writes {service: error}.
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
from mercat.config import source_changes
from mercat.installation import CommandError, Installation

_CHASSIS = Path(chassis.__file__).parent
# The store generates these values; users may set them for a single service only, as DATABASE_URL_ORDERS.
GENERATED = frozenset({
    "DATABASE_URL", "ENVIRONMENT", "SERVICE_KEY_FILE", "CALLERS_FILE", "SERVICE_URLS", "TRUSTED_PROXIES",
    "AUDIENCES", "KEY_ENCRYPTION_KEY_FILE", "MEDIA_DIR", "STRIPE_API_BASE", "STRIPE_DOUBLE_ORIGIN", "STRIPE_PAY_URL",
})  # fmt: skip
# These are read by name where they are used.
READ_BY_NAME = frozenset({
    "PUBLIC_URL", "VALKEY_URL", "STRIPE_SECRET_KEY", "STRIPE_PUBLISHABLE_KEY", "STRIPE_WEBHOOK_SECRET",
    "STRIPE_SCRIPT_URL",
})  # fmt: skip
# What is no setting of a service, and what it does: docs/reference/settings.md is made from this.
OF_THE_COMMAND = {
    "MERCAT_STATE": "The folder of the store's data, in place of `.mercat`",
    "MERCAT_PORT_OFFSET": "Is added to every port, so that several stores run on one machine",
    "MERCAT_RESTART_SECONDS": "Seconds until a process that keeps ending is tried again, at most; 10 if not set",
    "MERCAT_ALERTS_SLACK_URL": "The webhook of Slack that is told of pages, of a store that is observed",
    "MERCAT_ALERTS_FASTER": "From 1 to 1000: all durations of rules and notifications are divided by it, to try alerts",
    "PROMETHEUS_URL": "The Prometheus that `report` asks, if not the store's own",
    "HTTPS_PROXY": "The proxy by which Stripe is reached",
    "NO_PROXY": "Hosts that are reached without it",
    "SSL_CERT_FILE": "The authorities that calls to Stripe trust, if not the system's",
    "TZ": "The time zone of the processes",
    "LANG": "The language of the processes",
    "AWS_ACCESS_KEY_ID": "The key for the bucket of `MEDIA_URL`",
    "AWS_SECRET_ACCESS_KEY": "The secret of this key",
    "AWS_SESSION_TOKEN": "Its token, where it has one",
    "AWS_REGION": "The region of the bucket",
    "AWS_ENDPOINT_URL": "The address of the object store, where it is not Amazon's",
}


def setting_names(root: Path, service: str) -> frozenset[str]:
    """The names of a service's settings, in capitals."""
    own = root / "services" / service / "settings.py"
    return frozenset(_setting_fields(own if own.is_file() else _CHASSIS / "config" / "database_settings.py"))


def _setting_fields(path: Path) -> Iterator[str]:
    """The fields of every settings class of a module, and of their base classes in other modules."""
    classes, imported = _parse_module(path, path.stat().st_mtime_ns)
    for bases, fields in classes.values():
        if not bases & {"Settings", "BaseSettings"} and not any(base.endswith("Settings") for base in bases):
            continue
        yield from fields
        for base in bases & imported.keys():
            if (other := _defining_file(path.parent, imported[base], base)) is not None:
                yield from _setting_fields(other)


def _defining_file(service: Path, module: str, name: str) -> Path | None:
    """The file that defines a class which is imported from `module`, of the chassis or of the service itself."""
    folder, *rest = module.split(".")
    place = (_CHASSIS if folder == "chassis" else service).joinpath(*rest)
    if place.is_dir():
        package = place / "__init__.py"
        exported = _parse_module(package, package.stat().st_mtime_ns)[1].get(name)
        return None if exported is None else _defining_file(service, exported, name)
    other = place.with_suffix(".py")
    return other if other.is_file() else None


@functools.cache
def _parse_module(path: Path, _changed: int) -> tuple[dict[str, tuple[set[str], list[str]]], dict[str, str]]:
    """The classes of a module with their bases and annotated fields, and its imported names with their modules."""
    classes: dict[str, tuple[set[str], list[str]]] = {}
    imported: dict[str, str] = {}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef):
            bases = {base.id for base in node.bases if isinstance(base, ast.Name)}
            lines = [line for line in node.body if isinstance(line, ast.AnnAssign)]
            fields = [line.target.id.upper() for line in lines if isinstance(line.target, ast.Name)]
            classes[node.name] = (bases, fields)
        elif isinstance(node, ast.ImportFrom) and node.module:
            imported |= {alias.asname or alias.name: node.module for alias in node.names}
    return classes, imported


def set_by_user(installation: Installation, service: str) -> dict[str, str]:
    """The user's settings for this service: set by NAME for all services, or by NAME_SERVICE for this one."""
    known, user_settings = setting_names(installation.root, service), installation.user_settings
    found = {name: user_settings[name] for name in sorted(known - GENERATED - READ_BY_NAME) if name in user_settings}
    suffix = f"_{service.upper()}"
    return found | {name: user_settings[name + suffix] for name in sorted(known) if name + suffix in user_settings}


def dotenv_warnings(installation: Installation, specs: Iterable[ServiceSpec]) -> list[str]:
    """A warning for each name in .env that is no setting, with the most similar one, and for each malformed line."""
    known = {spec.name: setting_names(installation.root, spec.name) for spec in specs}
    every = frozenset[str]().union(*known.values())
    valid = (every - GENERATED) | OF_THE_COMMAND.keys()
    for service, own in known.items():
        valid |= {f"{name}_{service.upper()}" for name in own | {"DATABASE_OWNER_URL"}}
    warnings = []
    for name in installation.dotenv_names:
        if " " in name:
            warnings.append(f"{name.capitalize()} of .env is not of the form NAME=value, and has no effect.")
        elif name in GENERATED & every:
            warnings.append(
                f"{name} in .env has no effect: the store makes its own. For one service alone: {name}_{_first(known)}"
            )
        elif name not in valid and name.upper() not in valid:
            warnings.append(f"{name} in .env is not a setting{_suggestion(name, valid)}")
        elif name not in valid:
            warnings.append(f"{name} in .env is not a setting; did you mean {name.upper()}?")
    return warnings


def _first(services: Iterable[str]) -> str:
    return next(iter(services)).upper()


def _suggestion(name: str, valid: Iterable[str]) -> str:
    near = difflib.get_close_matches(name.upper(), sorted(valid), n=1, cutoff=0.7)
    return f"; did you mean {near[0]}?" if near else " of this store."


def validate(installation: Installation, environments: Mapping[str, Mapping[str, str]]) -> None:
    """Validate each service's settings with its own class, unless the same ones were validated before.

    Raises:
        CommandError: names each setting that is wrong.
    """
    own = {name: installation.root / "services" / name / "settings.py" for name in environments}
    asked = {name: environments[name] for name, path in own.items() if path.is_file()}
    validated = installation.run / "settings.good"
    digest = hashlib.sha256(
        f"{source_changes.fingerprint([*own.values(), _CHASSIS])}{json.dumps(asked, sort_keys=True)}".encode()
    ).hexdigest()
    if not asked or (validated.is_file() and validated.read_text(encoding="ascii") == digest):
        return
    done = subprocess.run(
        [sys.executable, "-m", "mercat.config.settings"],
        input=json.dumps(asked),
        env={name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
        cwd=installation.root,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise CommandError(f"The settings could not be tried out:\n{done.stderr.strip()}")
    wrong: dict[str, str] = json.loads(done.stdout)
    if wrong:
        lines = [f"{service}: {line.strip()}" for service, text in wrong.items() for line in text.splitlines()[1:]]
        raise CommandError(
            "\n".join(["These settings are wrong; look into .env and your environment:", *dict.fromkeys(lines)])
        )
    validated.write_text(digest, encoding="ascii")


def _validation_error(service: str, environment: dict[str, str]) -> str:
    import importlib

    from chassis.config import CommonSettings, WrongSettings, read_settings

    module = importlib.import_module(f"{service}.settings")
    kinds = [kind for kind in vars(module).values() if isinstance(kind, type) and issubclass(kind, CommonSettings)]
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
    """Validate the environments given on standard input."""
    asked = json.load(sys.stdin)
    answers = {service: _validation_error(service, environment) for service, environment in asked.items()}
    print(json.dumps({service: wrong for service, wrong in answers.items() if wrong}))


if __name__ == "__main__":
    main()
