from __future__ import annotations

import json
import re

import pytest

from mercat.portal.mailbox import Mailbox
from mercat.stack.status_file import ProcessStatus, StackStatus, StatusFile


async def test_front_page_lists_the_processes(portal, installation):
    entries = [
        ProcessStatus("catalog", "products", 8002, condition="ready"),
        ProcessStatus("orders", "carts", 8003, condition="restarting", message="was ended by SIGKILL"),
        ProcessStatus("roles", once=True, condition="done"),
    ]
    addresses = {"Store": "http://localhost:8080/", "Payments": "Stripe <itself>"}
    StatusFile(installation.run).write(StackStatus(pid=1, phase="running", addresses=addresses, entries=entries))
    page = (await portal.get("/about")).text
    assert "1 of 2 parts are running" in page
    assert '<a href="http://localhost:8080/">' in page
    assert "Stripe &lt;itself&gt;" in page
    assert "roles" not in page
    told = (await portal.get("/_portal/state")).json()
    assert [part["name"] for part in told["parts"]] == ["catalog", "orders"]


async def test_front_page_works_without_a_status_file(portal):
    assert (await portal.get("/about")).status_code == 200
    assert (await portal.get("/_portal/state")).json() == {"phase": "unknown", "parts": []}


async def test_pages_load_resources_of_the_store_only(portal):
    for path in ("/mail", "/about"):
        answer = await portal.get(path)
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
        assert "unsafe" not in policy
        assert not re.search(r"<script(?![^>]* src=)|<style|\son\w+=|style=|https?://(?!localhost)", answer.text)


async def test_all_files_of_pages_exist(portal, installation):
    (installation.root / "docs").mkdir()
    (installation.root / "docs" / "openapi.json").touch()
    for path in ("/about", "/mail", "/docs"):
        for found in re.findall(r'(?:src|href)="(/(?:_portal|docs)/[^"]+)"', (await portal.get(path)).text):
            assert (await portal.get(found)).status_code == 200, found


async def test_docs_serve_the_description_of_all_services(portal, installation):
    assert (await portal.get("/docs/openapi.json")).status_code == 404
    (installation.root / "docs").mkdir()
    (installation.root / "docs" / "openapi.json").write_text(json.dumps({"openapi": "3.1.0", "info": {}, "paths": {}}))
    assert (await portal.get("/docs/openapi.json")).json()["openapi"] == "3.1.0"


async def test_docs_load_only_local_scripts(portal):
    policy = (await portal.get("/docs")).headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "script-src 'self'; style-src 'self';" in policy


@pytest.mark.parametrize(
    "path", ["/docs/none.json", "/docs/..json", "/docs/assets/index.html", "/_portal/static/x.css"]
)
async def test_unknown_file_of_the_docs_is_a_problem(portal, path):
    assert (await portal.get(path)).status_code == 404


@pytest.mark.parametrize(
    "path", ["/", "/cart", "/api/v1/none", "/internal/feed", "/health/ready", "/nowhere", "/..%2fsecret"]
)
async def test_any_other_path_is_a_problem(portal, path):
    answer = await portal.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert answer.json()["type"] == "not-found"


async def test_a_wrong_method_is_a_problem(portal):
    answer = await portal.post("/mail")
    assert (answer.status_code, answer.json()["type"]) == (405, "method-not-allowed")


async def test_internal_error_is_a_problem_without_details(portal, monkeypatch):
    monkeypatch.setattr(Mailbox, "newest", lambda *_, **__: 1 / 0)
    answer = await portal.get("/mail/api/messages")
    assert answer.status_code == 500
    assert "division" not in answer.text


@pytest.mark.parametrize("part", ["bytes=a-b", "bytes=9-1", "bytes=999-", "lines=0-1", "bytes=0-0"])
async def test_range_request_gets_the_whole_file(portal, part):
    whole = await portal.get("/_portal/static/icon.svg")
    answer = await portal.get("/_portal/static/icon.svg", headers={"Range": part})
    assert (answer.status_code, answer.text, answer.headers["accept-ranges"]) == (200, whole.text, "none")
