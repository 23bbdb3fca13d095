from __future__ import annotations

import json
from typing import Any

from openapi_spec_validator import OpenAPIV31SpecValidator

from tools import boundaries, merging, openapi


def service(path: str, tag: str, **schemas: Any) -> dict[str, Any]:
    answer = {
        "200": {"description": "x", "content": {"application/json": {"schema": {"$ref": _to(next(iter(schemas)))}}}}
    }
    return {
        "paths": {path: {"get": {"tags": [tag], "operationId": f"read_{tag}", "responses": answer}}},
        "components": {"schemas": schemas, "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    }


def _to(name: str) -> str:
    return f"#/components/schemas/{name}"


def test_schemas_of_one_name_are_one_only_if_they_are_the_same():
    page = {"properties": {"items": {"items": {"$ref": _to("State")}}}}
    whole = merging.merge(
        {
            "boats": service("/api/v1/boats", "boats", Page_State_=page, State={"enum": ["afloat"]}, Problem={"x": 1}),
            "ports": service("/api/v1/ports", "ports", State={"enum": ["open"]}, Problem={"x": 1}),
        },
        "",
    )
    assert set(whole["components"]["schemas"]) == {"StatePage", "BoatsState", "PortsState", "Problem"}
    assert whole["components"]["schemas"]["StatePage"]["properties"]["items"]["items"]["$ref"] == _to("BoatsState")
    answer = whole["paths"]["/api/v1/boats"]["get"]["responses"]["200"]
    assert answer["content"]["application/json"]["schema"]["$ref"] == _to("StatePage")
    assert set(whole["components"]["securitySchemes"]) == {"token"}


def test_shoppers_come_first_and_machines_last():
    paths = [("/w", "webhooks"), ("/a", "staff: boats"), ("/b", "boats"), ("/o", "orders"), ("/c", "catalog")]
    documents = {f"s{number}": service(path, tag, X={}) for number, (path, tag) in enumerate(paths)}
    whole = merging.merge(documents, "")
    assert list(whole["paths"]) == ["/c", "/o", "/b", "/a", "/w"]
    assert [tag["name"] for tag in whole["tags"]] == ["catalog", "orders", "boats", "staff: boats", "webhooks"]


def test_a_paragraph_of_the_introduction_is_one_line_and_lists_stay_lists():
    text = "One\ntwo.\n\n1. A\n   b\n2. C\n   - d\n     e\n\n| x |\n| - |\n"
    shown = merging.merge({"a": service("/a", "a", X={})}, text)["info"]["description"]
    assert shown == "One two.\n\n1. A b\n2. C\n   - d e\n\n| x |\n| - |\n"


def test_the_introduction_is_the_guide_without_title_commands_and_links_to_files():
    guide = "# Guide\n\nFor all: [this](a.md), [that](https://x.example).\n\n## Try it\n\n```sh\nls\n```\n"
    assert openapi.introduction(guide) == "For all: this, [that](https://x.example).\n"


def test_the_whole_document_is_openapi_3_1_and_holds_every_operation():
    whole = json.loads(openapi.whole())
    assert list(OpenAPIV31SpecValidator(whole).iter_errors()) == []
    documents = [json.loads(openapi.render(name)) for name in openapi.with_api()]
    assert set(whole["paths"]) == {path for document in documents for path in document["paths"]}
    assert "Idempotency-Key" in whole["info"]["description"]


def test_the_idempotency_key_is_required_where_it_is_taken():
    whole = json.loads(openapi.whole())
    found = [
        parameter
        for item in whole["paths"].values()
        for operation in item.values()
        for parameter in operation.get("parameters", ())
        if parameter["name"] == "Idempotency-Key"
    ]
    assert len(found) >= 2
    assert all(parameter["required"] and parameter["schema"]["type"] == "string" for parameter in found)


def test_the_contracts_bind_every_service_that_there_is(tmp_path):
    (tmp_path / "pyproject.toml").write_text(
        '[tool.importlinter]\nroot_packages = ["chassis", "services.*"]\n'
        '[[tool.importlinter.contracts]]\nname = "Apart"\ntype = "independence"\nmodules = ["services.*"]\n'
    )
    for name in ("boats", "ports"):
        (tmp_path / "services" / name).mkdir(parents=True)
        (tmp_path / "services" / name / "service.yaml").touch()
    found = boundaries.contracts(tmp_path)
    assert 'root_packages = ["chassis", "boats", "ports"]' in found
    assert 'modules = ["boats", "ports"]' in found
    assert boundaries.check() == ""
