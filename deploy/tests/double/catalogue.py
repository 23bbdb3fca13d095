"""Which types our Terraform uses, and their schemas, distilled once and cached beside the wheels."""

from __future__ import annotations

import functools
import hashlib
import inspect
import json
import os
import re
from pathlib import Path

from deploy.tests.double import distil, overrides
from deploy.tests.double.bindings import WHEELS, Package

_NAMED = re.compile(r'^\s*(resource|data|ephemeral)\s+"(\w+)"', re.MULTILINE)
Names = dict[str, set[str]]


def types_used(folder: Path, prefix: str) -> Names:
    """{kind: names of types} in every .tf and .tftest.hcl under a folder; kind is resource, data or ephemeral."""
    used: Names = {"resource": set(), "data": set(), "ephemeral": set()}
    for path in [*folder.rglob("*.tf"), *folder.rglob("*.tftest.hcl")]:
        for kind, name in _NAMED.findall(path.read_text(encoding="utf-8")):
            if name.startswith(prefix):
                used[kind].add(name)
    return used


def schemas(package: Package, used: Names) -> dict[str, dict[str, distil.Schema]]:
    """{kind: {type: schema}} of those types that the provider has.

    A type that the provider does not have is left out, so that Terraform itself refuses it.
    """
    lenders = {lender for name in used["resource"] for lender, _ in overrides.BORROWED.get(name, {}).values()}
    wanted = [(kind, name) for kind, names in used.items() for name in sorted(names)]
    wanted += [("resource", name) for name in sorted(lenders - used["resource"])]
    _distil_missing(package, wanted)
    found: dict[str, dict[str, distil.Schema]] = {kind: {} for kind in used}
    for kind, name in wanted:
        path = _file(package, kind, name)
        if path.is_file():
            found[kind][name] = json.loads(path.read_text(encoding="utf-8"))
    for name, block in found["resource"].items():
        distil.borrow(name, block, found["resource"])
    for name in lenders - used["resource"]:
        found["resource"].pop(name, None)
    return found


def _distil_missing(package: Package, wanted: list[tuple[str, str]]) -> None:
    missing = [(kind, name) for kind, name in wanted if not _file(package, kind, name).is_file()]
    sources = package.read({package.folder(kind, name) for kind, name in missing}) if missing else {}
    for kind, name in missing:
        source = sources.get(package.folder(kind, name))
        if source is not None:
            _keep(_file(package, kind, name), json.dumps(distil.distil(name, source)))


def _file(package: Package, kind: str, name: str) -> Path:
    cache = WHEELS.parent / "schemas" / f"{package.path().stem}-{_version_of_the_distiller()}"
    return cache / kind / f"{name}.json"


def _keep(path: Path, text: str) -> None:
    """Whole or not at all: several processes may distil at the same time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".{os.getpid()}")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(path)


@functools.cache
def _version_of_the_distiller() -> str:
    code = b"".join(Path(inspect.getfile(module)).read_bytes() for module in (distil, overrides))
    return hashlib.sha256(code).hexdigest()[:12]
