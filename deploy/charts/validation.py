"""What is wrong with rendered objects by the schemas of Kubernetes and of the custom resources. No cluster is asked."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate  # type: ignore[import-untyped]  # it has no types

from deploy.charts.helm import VERSIONS

SCHEMAS = Path(__file__).resolve().parent / "schemas"


def invalid(objects: list[dict[str, Any]]) -> list[str]:
    """A line for each fault. A kind without a schema is one."""
    return [line for each in objects for line in _faults(each)]


def _faults(each: dict[str, Any]) -> list[str]:
    name = f"{each.get('kind')} {each.get('metadata', {}).get('name')}"
    group, _, version = str(each.get("apiVersion")).rpartition("/")
    own = SCHEMAS / f"{str(each.get('kind')).lower()}_{version}.json"
    if "." in group and own.exists():
        return [f"{name}: {error.json_path}: {error.message[:200]}" for error in _validator(own).iter_errors(each)]
    found = []
    for kubernetes in VERSIONS:
        try:
            kubernetes_validate.validate(each, kubernetes, strict=True)
        except kubernetes_validate.ValidationError as error:
            found.append(f"{name}, Kubernetes {kubernetes}: {error.message[:200]}")
        except (kubernetes_validate.SchemaNotFoundError, kubernetes_validate.InvalidSchemaError):
            found.append(f"{name}: there is no schema of {each.get('apiVersion')} {each.get('kind')} {kubernetes}")
    return found


@cache
def _validator(path: Path) -> jsonschema.protocols.Validator:
    schema = json.loads(path.read_text(encoding="utf-8"))
    return jsonschema.validators.validator_for(schema)(schema)
