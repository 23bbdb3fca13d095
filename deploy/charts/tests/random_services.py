"""Random values of service.yaml made from its JSON Schema: valid ones, and ones with a single fault."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml
from hypothesis import strategies as st

from deploy.charts import helm, values_schema
from deploy.charts.tests.releases import DIGEST, FILES

SCHEMA = json.loads(values_schema.SERVICE.read_text(encoding="utf-8"))
DEFAULTS = yaml.safe_load((helm.CHART / "values.yaml").read_text(encoding="utf-8"))
# Valid, and of another type than text where a template forgets the quotation marks.
HARD_TEXT = {"about": ["no: really", "12345678", "{{ .Values.name }}", '"quoted" \\ #'], "host": ["1.5", "1e3.4e5"]}
WRONG = {"string": 7, "integer": "many", "number": "many", "array": "one", "object": "one"}
Values = dict[str, Any]


def valid(schema: Values, name: str = "") -> st.SearchStrategy[Any]:
    """Values that the part of the schema called `name` accepts; fields that may be absent are so now and then."""
    schema = _resolved(schema)
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if schema["type"] == "object":
        made = {key: valid(each, key) for key, each in schema["properties"].items()}
        optional = {key: made.pop(key) for key in set(made) - set(schema["required"])}
        return st.fixed_dictionaries(made, optional=optional)
    if schema["type"] == "array":
        return st.lists(valid(schema["items"]), max_size=3, unique=schema.get("uniqueItems", False))
    if schema["type"] == "string":
        pattern = schema.get("pattern", "").removesuffix("$") + r"\Z"
        some = st.from_regex(pattern, fullmatch=True) if "pattern" in schema else st.text(min_size=schema["minLength"])
        some = some.filter(lambda text: text not in _resolved(schema.get("not", {})).get("enum", []))
        return some | st.sampled_from(HARD_TEXT[name]) if name in HARD_TEXT else some
    if schema["type"] == "integer":
        return st.integers(schema["minimum"], schema.get("maximum", 10_000))
    return st.floats(schema["exclusiveMinimum"], schema["maximum"], exclude_min=True)


def faults(values: Values, schema: Values = SCHEMA, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Values]]:
    """Copies with one fault each: the field that the refusal must name, and the values."""
    yield "surplus", _changed(values, (*path, "surplus"), 1)
    for key, each in schema["properties"].items():
        field, resolved = (*path, key), _resolved(each)
        kind = resolved.get("type", "string")
        yield key, _changed(values, field, WRONG[kind])
        if key in schema["required"] and (path or key not in DEFAULTS):
            yield key, _changed(values, field, None)
        if kind == "integer":
            yield key, _changed(values, field, resolved["minimum"] - 1)
        if kind == "array":
            yield key, _changed(values, field, ["*"])
        if "pattern" in resolved or "enum" in resolved:
            yield key, _changed(values, field, "* *")
        if "not" in resolved:
            yield key, _changed(values, field, "null")
        if kind == "object":
            yield from faults(values, resolved, field)


def _changed(values: Values, path: tuple[str, ...], value: Any) -> Values:
    """A copy with another value at the path; None removes the field."""
    copy = deepcopy(values)
    *outer, key = path
    inside = copy
    for each in outer:
        inside = inside[each]
    inside[key] = value
    if value is None:
        del inside[key]
    return copy


def _resolved(schema: Values) -> Values:
    return SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema


def batch(services: Sequence[Values], environment: Path, folder: Path, source: Path = helm.CHART) -> Path:
    """A chart in `folder` whose subcharts r0, r1, ... are ours, one for each service: one run of helm renders all."""
    shutil.rmtree(folder, ignore_errors=True)
    chart = folder / "charts" / "service"
    shutil.copytree(source, chart)
    schema = json.loads((source / "values.schema.json").read_text(encoding="utf-8"))
    schema["properties"]["global"] = {}  # helm gives it to every subchart
    (chart / "values.schema.json").write_text(json.dumps(schema), encoding="utf-8")
    names = [f"r{number}" for number in range(len(services))]
    version = yaml.safe_load((chart / "Chart.yaml").read_text(encoding="utf-8"))["version"]
    parts = [{"name": "service", "version": version, "alias": name} for name in names]
    outer = {"apiVersion": "v2", "name": "batch", "version": "1.0.0", "dependencies": parts}
    (folder / "Chart.yaml").write_text(yaml.safe_dump(outer), encoding="utf-8")
    shared = yaml.safe_load(environment.read_text(encoding="utf-8"))
    shared["image"]["digest"] = DIGEST.partition("=")[2]
    values = {name: {**shared, **service} for name, service in zip(names, services, strict=True)}
    for each in values.values():
        keys = each["keys"] if isinstance(each.get("keys"), list) else []
        names = [*(name.replace("\\", "") for name in FILES), *map(str, keys)]
        files = {str(each.get("name")): dict.fromkeys(names, "aaaa")}
        each["secrets"] = shared["secrets"] | {"files": files}
        own = [each["host"]] if "host" in each else []
        each["edge"] = shared["edge"] | {"hosts": shared["edge"]["hosts"] + own}
    (folder / "values.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
    return folder
