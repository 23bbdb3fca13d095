"""The second line of redaction alone: what the first would have hidden it hides, too, and what it lets through fits."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path
from typing import Any

import pytest

from chassis.telemetry import fields
from chassis.tests.telemetry import test_fields
from deploy.observability.logs.tests.running import FILES, SCRIPT, container, misfits, redacted
from proofs.tests import planted

# The corpus of the first line.
CORPUS: list[tuple[str, str]] = list(
    test_fields.test_quoted_request_values_are_removed_from_a_message.pytestmark[0].args[1]
)
LISTED = json.loads((FILES / "fields.json").read_text(encoding="utf-8"))
PERSON = {
    "name": "Ada Lovelace",
    "mail": "ada.lovelace@example.com",
    "phone": "+44 20 7946 0958 12",
    "card": "4242 4242 4242 4242",
    "address": "203.0.113.77",
    "token": "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl",
    "secret": "sk_live_51Abcdefghijklmnopqrstuvwxyz0123456789",
}
_PARTS = (
    '"',
    "'",
    "@",
    "?",
    "eyJ",
    ".",
    "-",
    "/",
    "=",
    "+",
    "_",
    " ",
    "é",
    "ß",
    "名",
    "\uff14",
    "\u00a0",
    "\n",
    "#",
    "…",
)


def line(**more: Any) -> str:
    """A line of a service that redacts nothing."""
    base = {"@timestamp": "2026-11-29T02:15:41.123456Z", "log.level": "info", "service.name": "orders"}
    return json.dumps({**base, "message": "order.placed", **more})


def messages(texts: list[str]) -> list[str]:
    return [found["message"] for found in redacted(container(line(message=text)) for text in texts)]


def test_each_text_of_the_first_lines_corpus_comes_out_the_same():
    assert len(CORPUS) > 8
    assert SCRIPT.read_text(encoding="utf-8").isascii()
    assert messages([text for text, _ in CORPUS]) == [safe for _, safe in CORPUS]


def test_texts_made_at_random_come_out_as_of_the_first_line():
    chosen = random.Random(13)
    pieces = [*_PARTS, "ada", "x" * 39, "x" * 41, "1", "12345678901", "a1"]
    texts = ["".join(chosen.choices(pieces, k=chosen.randint(2, 14))) for _ in range(3000)]
    texts = [text for text in texts if len(text) <= fields.MAX_TEXT]
    assert messages(texts) == [fields.scrub(text) for text in texts]


def test_a_secret_is_hidden_before_a_text_is_cut_and_where_it_is_cut():
    long = "x " * 245 + '"Ada ' + "y " * 300 + '"'
    cut = '"' + "y" * 1500 + '" ' + "x " * 100 + "'Ada Lovelace " + "z " * 500 + "'"
    assert not any("Ada" in text for text in messages([long, cut]))


def test_a_planted_person_is_in_no_document_though_the_first_line_is_off():
    """Each field of the allow-list holds each of the person's values, and fields that are on no list, too."""
    names = [name for name in LISTED["types"] if name not in {"@timestamp", "error.stack_trace"}]
    given = [line(**dict.fromkeys(names, value)) for value in PERSON.values()]
    given += [line(**{"labels.reason": f"{what} of '{value}'"}) for what, value in PERSON.items()]
    given += [line(**PERSON, **{"account": PERSON, "labels.name": PERSON["name"]})]
    given += [line(**{"error.stack_trace": f"/app/orders/app.py:12 place\n{value}"}) for value in PERSON.values()]
    given += [f'{{"half": "{value}' for value in PERSON.values()]
    given += [json.dumps({"level": "warn", "msg": f"no '{value}'", "user": value}) for value in PERSON.values()]
    found = redacted(container(text) for text in given)
    # A name without quotes in a sentence looks like any other words: messages and reasons are constants of ours.
    free = [each for each in found if PERSON["name"] in json.dumps(each)]
    assert {json.dumps(_without_sentences(each)).count(PERSON["name"]) for each in free} <= {0}
    rest = json.dumps(found)
    assert [what for what, value in PERSON.items() if what != "name" and value in rest] == []
    assert [misfit for each in found for misfit in misfits(each)] == []


def test_the_person_of_the_proofs_is_in_no_document_though_the_first_line_is_off():
    """Where services may not put what a person typed: in fields of their own, or quoted in texts and errors."""
    given = [line(**planted.PERSON, **planted.HEADERS, person=planted.PERSON, lines=[planted.PERSON])]
    given += [line(message=f"invalid value: {value!r}") for value in planted.PERSON.values()]
    given += [line(**{"error.message": f'Key (x)=("{value}")'}) for value in planted.PERSON.values()]
    found = redacted(container(text) for text in given)
    assert found[0]["labels"]["dropped"] == len({**planted.PERSON, **planted.HEADERS}) + 2
    assert planted.found_in("document", json.dumps(found, ensure_ascii=False)) == []


def _without_sentences(document: dict[str, Any]) -> dict[str, Any]:
    labels = {name: value for name, value in document.get("labels", {}).items() if name != "reason"}
    error = {name: value for name, value in document.get("error", {}).items() if name not in {"message", "stack_trace"}}
    return {**document, "message": "", "labels": labels, "error": error, "postgresql": {}}


@pytest.mark.parametrize("sample", json.loads(Path(__file__).with_name("lines.json").read_text(encoding="utf-8")))
def test_a_line_goes_to_the_stream_of_its_kind(sample: dict[str, Any]):
    text = sample["line"] if isinstance(sample["line"], str) else json.dumps(sample["line"])
    namespace = "mercat" if sample["container"] in {"orders", "identity"} else "elsewhere"
    (found,) = redacted([container(text, sample["container"], namespace)])
    assert found["data_stream"] == {"type": "logs", "dataset": sample["dataset"], "namespace": "production"}
    assert list(misfits(found)) == []
    assert {name: _at(found, name) for name in sample["kept"]} == sample["kept"]
    assert "ovelace" not in json.dumps(found)


def _at(document: dict[str, Any], name: str) -> Any:
    found: Any = document
    for key in name.split("."):
        found = found[key]
    return found


def test_a_line_of_the_kubernetes_audit_says_who_did_what_and_holds_no_object():
    event = json.loads(Path(__file__).with_name("audit_event.json").read_text(encoding="utf-8"))
    source = {"fields": {"source": "kubernetes-audit"}}
    given = {"@timestamp": "2026-11-29T02:15:42Z", "message": json.dumps(event), **source}
    (found,) = redacted([given])
    assert list(misfits(found)) == []
    assert found["data_stream"]["dataset"] == "mercat.audit"
    assert found["audit"] == {
        "verb": "update",
        "stage": "ResponseComplete",
        "resource": "secrets",
        "namespace": "mercat",
        "name": "orders",
    }
    assert (found["user"]["name"], found["source"]["ip"]) == (event["user"]["username"], "10.0.0.77")
    assert "QWRh" not in json.dumps(found)
    assert "ada" not in json.dumps(found)


def test_ids_and_stack_traces_stay_readable():
    digits, trace = "01890000-0000-7000-8000-000000000001", "0af7651916cd43dd8448eb211c80319c"
    stack = f"/usr/lib/python3.11/{'a' * 30}/{'b' * 30}/app.py:12 <module>\ncaused by ValueError"
    given = line(**{"labels.order_id": digits, "trace.id": trace, "error.stack_trace": stack, "labels.count": "17"})
    (found,) = redacted([container(given)])
    assert (found["labels"]["order_id"], found["trace"]["id"], found["labels"]["count"]) == (digits, trace, 17)
    assert found["error"]["stack_trace"] == stack


@pytest.mark.parametrize(
    "message",
    [
        '{"a":' * 50,
        '{"message":{"deep":"ada"},"level":[1],"time":1e400}',
        "\ud800 ada@x.y",
        "{}",
        "",
        '{"record":{"log_time":{}}}',
    ],
)
def test_a_line_of_any_form_becomes_a_document_that_fits(message: str):
    (found,) = redacted([container(message.encode("utf-8", "replace").decode())])
    assert list(misfits(found)) == []
    assert "ada" not in json.dumps(found)


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("@types.key?(name) ? fitting", "true ? fitting"),
        (r"| [^[:space:]]+@[^[:space:]]+", "| never@never"),
        ("whole ? ip.to_s : ", ""),
        ('made.remove("@version")', ""),
        ('when "ip" then address(value, whole: dataset == "audit")', 'when "ip" then value'),
        ('"mercat.#{dataset}"', '"mercat.app"'),
    ],
)
def test_a_seeded_mistake_in_the_script_is_found(was: str, becomes: str, tmp_path: Path):
    """By the script's own tests, which keep Logstash from starting, or by the mapping, or as a person in a document."""
    text = SCRIPT.read_text(encoding="utf-8")
    assert was in text
    script = tmp_path / "redact.rb"
    script.write_text(text.replace(was, becomes), encoding="utf-8")
    given = [
        container(line(**{"email": "x", "client.ip": PERSON["address"], "labels.reason": PERSON["mail"]})),
        container(line(message="session.reuse")),
        {"message": json.dumps({"sourceIPs": ["10.0.0.77"]}), "fields": {"source": "kubernetes-audit"}},
    ]
    shutil.copymode(SCRIPT, script)
    try:
        found = redacted(given, script)
    except AssertionError as refusal:
        assert "FAILED" in str(refusal)  # noqa: PT017
        return
    text = json.dumps(found)
    ok = found[1]["data_stream"]["dataset"] == "mercat.security" and found[2].get("source") == {"ip": "10.0.0.77"}
    ok &= PERSON["address"] not in text and PERSON["mail"] not in text
    assert not ok or any(list(misfits(each)) for each in found)
