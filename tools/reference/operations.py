"""One operation of the API as Markdown: who may call it, what is sent, what comes back, and an example of both."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chassis.web import idempotency_key
from proofs.api_document import ApiDocument
from tools.reference import limits, schemas
from tools.reference.tables import code, table

# The store of `make up`.
STORE = "http://localhost:8080"
_PROBLEM = "application/problem+json"
_REFUSAL = 400
_WITHOUT_KEY = {
    "get": "As often as you like.",
    "put": "As often as you like: it ends the same.",
    "delete": "As often as you like: it ends the same.",
    "patch": "It ends the same.",
    "post": "After a lost answer, as its description says.",
}
_LONGEST_EXAMPLE = 1_500
# A key is new for each thing that somebody wants once.
_NEW_KEY = "$(uuidgen)"
# What the framework says of an answer that nobody has described.
_FRAMEWORKS = "Successful Response"

Operation = Mapping[str, Any]


class Writer:
    """Writes the operations of one document. `owners`: by type of problem, the services that declare it."""

    def __init__(self, path: Path, owners: Mapping[str, set[str]]) -> None:
        self.document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        self._examples = ApiDocument(path)
        self._limits = limits.told()
        self._owners = owners

    def section(self, method: str, path: str, service: str) -> str:
        """The section of an operation, below its heading."""
        operation = self.document["paths"][path][method]
        facts = [
            ("may be called by", access(operation)),
            ("counts against", self._counted(operation)),
            ("may be repeated", _repeated(method, operation)),
        ]
        parts = [operation["description"], f"`{operation['operationId']}`", table(("", ""), facts)]
        if parameters := operation.get("parameters"):
            parts.append(_parameters(parameters))
        for kind, content in operation.get("requestBody", {}).get("content", {}).items():
            parts.append(f"Body, `{kind}`: {schemas.kind(content['schema'], linked)}.")
        parts += [self._answers(operation, service), self._request(operation)]
        if answer := self._answer(operation):
            parts.append(f"An answer looks like this:\n\n```json\n{answer}\n```")
        return "\n\n".join(part.strip() for part in parts) + "\n"

    def _counted(self, operation: Operation) -> str:
        named = [self._limits[name] for name in operation.get("x-limits", ())]
        return "; ".join(named) or "no limit of its own"

    def _answers(self, operation: Operation, service: str) -> str:
        rows: list[tuple[str, str, str]] = []
        own: list[str] = []
        common: list[str] = []
        for status, answer in operation["responses"].items():
            if int(status) < _REFUSAL and _PROBLEM not in answer.get("content", {}):
                about = "" if answer["description"] == _FRAMEWORKS else answer["description"]
                rows.append((status, _content(answer), about))
                continue
            for name in limits.problems(answer):
                shared = "chassis" in self._owners[name]
                (common if shared else own).append(
                    f"{status} `{name}`" if shared else self._problem(status, name, service)
                )
        refusals = f"[of every service](../problems.md#of-every-service): {', '.join(common)}."
        answers = table(("status", "body", "meaning"), rows)
        return f"{answers}\nRefusals: {'; '.join(own)}{'; and those ' if own else ''}{refusals}"

    def _problem(self, status: str, name: str, service: str) -> str:
        owner = service if service in self._owners[name] else min(self._owners[name])
        return f"{status} [`{name}`](../problems.md#of-{owner})"

    def _request(self, operation: Operation) -> str:
        request = self._examples.request(operation["operationId"], {})
        words = ["curl", *(("-X", request.method) if request.method != "GET" else ()), STORE + request.path]
        if "security" in operation and {} not in operation["security"]:
            words += ["-H", "Authorization: Bearer $TOKEN"]
        for header, value in request.headers.items():
            words += ["-H", f"{header}: {_NEW_KEY if header == idempotency_key.HEADER else value}"]
        if request.body is not None:
            kind = request.content_type or "application/json"
            body = request.body if isinstance(request.body, str) else json.dumps(request.body, ensure_ascii=False)
            words += ["-H", f"Content-Type: {kind}", "--data-binary", body]
        return f"```sh elsewhere\n{_lines(words)}\n```"

    def _answer(self, operation: Operation) -> str:
        """The first answer with a body, of the examples in its schema; none where it would be long."""
        for status, answer in operation["responses"].items():
            schema = answer.get("content", {}).get("application/json", {}).get("schema")
            if int(status) < _REFUSAL and schema:
                value = schemas.example(schema, self.document["components"]["schemas"])
                text = json.dumps(value, indent=2, ensure_ascii=False)
                return text if len(text) <= _LONGEST_EXAMPLE else ""
        return ""


def access(operation: Operation) -> str:
    """Who may call it."""
    ways = operation.get("security", [{}])
    if ways == [{}]:
        return "everybody"
    if {} in ways:
        return "everybody: a guest by a token in a header, a customer by an access token"
    rights = [right for way in ways for right in way["access_token"]]
    return f"who is signed in, with the right {code(rights)}" if rights else "who is signed in"


def linked(name: str) -> str:
    """A link to the schema's section of the same page."""
    return f"[{name}](#{name.lower()})"


def _repeated(method: str, operation: Operation) -> str:
    if any(each["name"] == "Idempotency-Key" for each in operation.get("parameters", ())):
        return "With the same `Idempotency-Key`: it takes effect once, and the answer is the same."
    return _WITHOUT_KEY[method]


def _parameters(found: list[Operation]) -> str:
    rows = [
        (
            f"`{each['name']}`",
            each["in"],
            schemas.kind(each["schema"], linked).replace(" or `null`", ""),
            _bounds(each["schema"]),
            "yes" if each.get("required") else "no",
            each.get("description", ""),
        )
        for each in found
    ]
    return table(("parameter", "in", "kind", "limits", "needed", "meaning"), rows)


def _bounds(schema: schemas.Schema) -> str:
    default = f"`{schema['default']}` if not given" if schema.get("default") not in (None, "") else ""
    return "; ".join(filter(None, (schemas.limits(schema), default)))


def _content(answer: Operation) -> str:
    content = answer.get("content", {})
    shown = [schemas.kind(each["schema"], linked) for each in content.values() if each.get("schema")]
    return ", ".join(shown) or code(content)


def _lines(words: list[str]) -> str:
    """The command, an option a line. Double quotes where the shell has to put in a variable."""
    shown, line = [], words[0]
    for word in words[1:]:
        quoted = f'"{word}"' if "$" in word and '"' not in word else shlex.quote(word)
        if word.startswith("-") and not line.endswith("curl"):
            shown.append(line)
            line = f"  {quoted}"
        else:
            line += f" {quoted}"
    return " \\\n".join([*shown, line])
