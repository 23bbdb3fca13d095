"""docs/reference/api: a page for each service, made from docs/openapi.json.

Libraries were tried. essentials-openapi (neoteroi-mkdocs) repeats each schema at each status of each operation: 55,753
lines and 2 MB, without who may call what and which limits count. Swagger UI, which the store itself has at /docs, is no
text: neither the site's search nor a reader on GitHub finds anything in it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from tools import openapi
from tools.gates import links
from tools.openapi import ROOT, WHOLE
from tools.reference import problem_types, schemas
from tools.reference.operations import Operation, Writer, access, linked
from tools.reference.tables import head, table

FOLDER = "docs/reference/api"
_FROM = f"[openapi.json](../../{WHOLE.removeprefix('docs/')})"
_READERS = "developers of front ends and back ends: the operations of {service} ({about}), each with an example."
_ALL_READERS = "developers of front ends and back ends: all operations of the API, by service."
_ALL = """
Read [the guide](../../guides/front-end.md) first: it goes from the list of products to a paid order. For programs there
is the document itself, and [a Python client](../python-client.md) made from it. What a refusal means:
[problems](../problems.md).

`make prove ARGS=examples` sends the examples of requests to a store, and compares the answers with the document.
`$TOKEN` is an access token; ids and tokens of guests come from earlier answers. On a laptop `/docs` shows the same as a
page that sends requests.
"""
_PROBLEM = {"Problem", "FieldErrorDocument"}


class Called(NamedTuple):
    """An operation, and how it is called."""

    method: str
    path: str
    operation: Operation


def pages() -> dict[str, str]:
    """The pages of all services, and their list."""
    owners: dict[str, set[str]] = defaultdict(set)
    for kind in problem_types.declared():
        owners[kind.type].add(kind.owner)
    writer = Writer(ROOT / WHOLE, owners)
    documents = {service: _document(service) for service in openapi.with_api()}
    own = {service: [*_own(writer, document["paths"])] for service, document in documents.items()}
    found = {f"{FOLDER}/README.md": _list(own)}
    for service, operations in own.items():
        about = documents[service]["info"]["description"]
        found[f"{FOLDER}/{service}.md"] = _page(writer, service, about, operations)
    return found


def _document(service: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "services" / service / "openapi.json").read_text(encoding="utf-8"))
    return found


def _own(writer: Writer, paths: Container[str]) -> Iterator[Called]:
    """The operations of these paths, in the order of the whole document."""
    for path, methods in writer.document["paths"].items():
        if path in paths:
            yield from (Called(method, path, operation) for method, operation in methods.items())


def _list(own: Mapping[str, Iterable[Called]]) -> str:
    parts = [head("The API", _ALL_READERS, _FROM), _ALL]
    for service, operations in own.items():
        rows = [
            (
                f"[`{method.upper()} {path}`]({service}.md#{links.slug(operation['summary'])})",
                operation["summary"],
                access(operation),
            )
            for method, path, operation in operations
        ]
        parts.append(f"\n## {service}\n\n{table(('operation', 'what it does', 'may be called by'), rows)}")
    return "".join(parts)


def _page(writer: Writer, service: str, about: str, own: Iterable[Called]) -> str:
    tags = {tag["name"]: tag["description"] for tag in writer.document["tags"]}
    readers = _READERS.format(service=service, about=about.rstrip(".").lower())
    parts = [head(f"API of {service}", readers, _FROM), "\nAll services, and how to read this: [the API](README.md).\n"]
    by_tag: dict[str, list[str]] = defaultdict(list)
    for method, path, operation in own:
        heading = f"\n### {operation['summary']}\n\n`{method.upper()} {path}`\n\n"
        by_tag[operation["tags"][0]].append(heading + writer.section(method, path, service))
    for tag, sections in by_tag.items():
        parts += [f"\n## {tag}\n\n{tags[tag]}\n", *sections]
    named = writer.document["components"]["schemas"]
    used = _used([each.operation for each in own], named) - _PROBLEM
    parts.append(
        "\n## Bodies\n\nFields that are not needed may be left out of what is sent; in answers all of them stand.\n"
    )
    parts += [_schema(name, named[name]) for name in sorted(used)]
    return "".join(parts)


def _used(nodes: Iterable[Any], named: Mapping[str, Any]) -> set[str]:
    """The names of all schemas that these nodes refer to, directly or not."""
    found: set[str] = set()
    waiting = [*nodes]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Mapping):
            name = str(node.get("$ref", "")).rpartition("/")[2]
            if name and name not in found:
                found.add(name)
                waiting.append(named[name])
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node
    return found


def _schema(name: str, schema: Mapping[str, Any]) -> str:
    text = f"\n### {name}\n\n{schema.get('description', '')}\n"
    if "properties" not in schema:
        limits = schemas.limits(schema)
        return f"{text}\n{schemas.kind(schema, linked)}{f'; {limits}' if limits else ''}\n"
    needed = schema.get("required", ())
    rows = [
        (
            f"`{field}`",
            schemas.kind(its, linked),
            schemas.limits(its),
            "yes" if field in needed else "no",
            its.get("description", ""),
        )
        for field, its in schema["properties"].items()
    ]
    return f"{text}\n{table(('field', 'kind', 'limits', 'needed', 'meaning'), rows)}"
