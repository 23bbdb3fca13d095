"""What is wrong with rendered objects by the schemas of Kubernetes and of the custom resources. No cluster is asked."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from deploy.charts.helm import VERSIONS

SCHEMAS = Path(__file__).resolve().parent / "schemas"
# Only its files are used: its own validate() reads a megabyte of them for each object.
OF_KUBERNETES = files("kubernetes_validate") / "kubernetes-json-schema"


def invalid(objects: list[dict[str, Any]]) -> list[str]:
    """A line for each fault. A kind without a schema is one."""
    return [line for each in objects for line in _faults(each)]


def _faults(each: dict[str, Any]) -> list[str]:
    kind, name = str(each.get("kind")), each.get("metadata", {}).get("name")
    group, _, version = str(each.get("apiVersion")).rpartition("/")
    own = SCHEMAS / f"{kind.lower()}_{version}.json"
    if "." in group and own.exists():
        return [f"{kind} {name}: {line}" for line in _errors(_validator(own), each)]
    found = []
    for kubernetes in VERSIONS:
        validator = _validator_of(kubernetes, "-".join(filter(None, (kind.lower(), group.partition(".")[0], version))))
        if validator is None:
            found.append(f"{kind} {name}: there is no schema of {each.get('apiVersion')} {kind} {kubernetes}")
        else:
            found += [f"{kind} {name}, Kubernetes {kubernetes}: {line}" for line in _errors(validator, each)]
    return found


def _errors(validator: Draft202012Validator, each: dict[str, Any]) -> list[str]:
    return [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(each)]


@cache
def _validator(path: Path) -> Draft202012Validator:
    return Draft202012Validator(json.loads(path.read_text(encoding="utf-8")))


@cache
def _validator_of(kubernetes: str, kind: str) -> Draft202012Validator | None:
    """Refuses unknown fields, too; None without a schema."""
    file = OF_KUBERNETES / f"v{kubernetes}.0-local-strict" / f"{kind}.json"
    if not file.is_file():
        return None
    schema = json.loads(file.read_text(encoding="utf-8"))
    return Draft202012Validator(
        schema, registry=_definitions(kubernetes).with_resource("", Resource.from_contents(schema))
    )


@cache
def _definitions(kubernetes: str) -> Registry[Any]:
    text = (OF_KUBERNETES / f"v{kubernetes}.0-local-strict" / "_definitions.json").read_text(encoding="utf-8")
    return (Resource.from_contents(json.loads(text)) @ Registry()).crawl()
