from __future__ import annotations

import json
import re

import pytest

from mercat.portal.app import app
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
    page = (await portal.get("/")).text
    assert "1 of 2 parts are running" in page
    assert '<a href="http://localhost:8080/">' in page
    assert "Stripe &lt;itself&gt;" in page
    assert "roles" not in page
    told = (await portal.get("/_portal/state")).json()
    assert [part["name"] for part in told["parts"]] == ["catalog", "orders"]


async def test_front_page_works_without_a_status_file(portal):
    assert (await portal.get("/")).status_code == 200
    assert (await portal.get("/_portal/state")).json() == {"phase": "unknown", "parts": []}


async def test_pages_load_resources_of_the_store_only(portal):
    for path in ("/", "/mail", "/about"):
        answer = await portal.get(path)
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
        assert "unsafe" not in policy
        assert not re.search(r"<script(?![^>]* src=)|<style|\son\w+=|style=|https?://(?!localhost)", answer.text)


async def test_all_files_of_pages_exist(portal, installation):
    (installation.root / "docs").mkdir()
    (installation.root / "docs" / "openapi.json").touch()
    for path in ("/", "/mail", "/docs"):
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
    "path", ["/api/v1/none", "/internal/feed", "/health/ready", "/metrics", "/webhooks/x", "/nowhere"]
)
async def test_unknown_api_path_is_a_problem(portal, path):
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


@pytest.fixture(params=["dist", "storefront"])
def built(portal, installation, request):
    dist = installation.root / "web" / request.param
    (dist / "assets").mkdir(parents=True)
    (dist / "index.html").write_text("<title>the shop</title>")
    (dist / "assets" / "app-123.js").write_text("1")
    (installation.root / "web" / "secret").write_text("no")
    return portal


async def test_storefront_is_served_at_the_root_and_the_front_page_at_about(built):
    for path in ("/", "/products/blue-print", "/cart"):
        assert "the shop" in (await built.get(path)).text
    assert "Your store" in (await built.get("/about")).text
    assert "API docs" in (await built.get("/docs")).text


async def test_only_the_pay_page_runs_a_script_of_stripe(built):
    pay = "/orders/0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c02/pay"
    answer = await built.get(pay)
    assert "the shop" in answer.text
    assert directives(answer) == {
        "default-src": "'none'",
        "script-src": "'self' https://js.stripe.com https://*.js.stripe.com",
        "style-src": "'self'",
        "img-src": "'self' data: https:",
        "connect-src": "'self' https://api.stripe.com",
        "font-src": "'self'",
        "frame-src": "https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    assert answer.headers["cross-origin-opener-policy"] == "same-origin-allow-popups"
    for path in (
        "/",
        "/cart",
        "/checkout",
        "/orders",
        pay[:-4],
        f"{pay}/",
        f"{pay}ment",
        "/orders/pay",
        "/a/orders/b/pay",
    ):
        other = await built.get(path)
        assert "stripe" not in other.headers["content-security-policy"], path
        assert other.headers["cross-origin-opener-policy"] == "same-origin"


async def test_with_the_double_the_pay_page_runs_its_script_and_none_of_stripe(built, monkeypatch):
    monkeypatch.setattr(app.state, "double_origin", "http://localhost:8005")
    told = directives(await built.get("/orders/1/pay"))
    assert told["script-src"] == "'self' http://localhost:8005"
    assert told["frame-src"] == "http://localhost:8005"
    assert told["connect-src"] == "'self' http://localhost:8005"
    assert "stripe" not in str(told)


def directives(answer) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in answer.headers["content-security-policy"].split(";"))
    return {name: sources for name, _, sources in parts}


async def test_assets_are_cached_and_pages_are_not(built):
    assert "immutable" in (await built.get("/assets/app-123.js")).headers["cache-control"]
    assert (await built.get("/")).headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["/assets/none.js", "/api/v1/x", "/internal"])
async def test_missing_file_of_the_storefront_is_a_problem(built, path):
    assert (await built.get(path)).status_code == 404


@pytest.mark.parametrize("path", ["/assets", "/assets/"])
async def test_no_folder_is_listed(built, path):
    answer = await built.get(path, follow_redirects=True)
    assert answer.status_code == 404 or answer.text == (await built.get("/")).text


@pytest.mark.parametrize(("path", "status"), [(f"/{'a' * 300}", 200), (f"/{'a' * 300}.css", 404), ("/a%00.css", 404)])
async def test_invalid_file_name_is_404(built, path, status):
    assert (await built.get(path)).status_code == status


@pytest.mark.parametrize("part", ["bytes=a-b", "bytes=9-1", "bytes=999-", "lines=0-1", "bytes=0-0"])
async def test_range_request_gets_the_whole_file(built, part):
    answer = await built.get("/assets/app-123.js", headers={"Range": part})
    assert (answer.status_code, answer.text, answer.headers["accept-ranges"]) == (200, "1", "none")
    assert "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize("path", ["/%2e%2e/secret", "/..%2fsecret", "/assets/../../secret"])
async def test_files_outside_of_the_storefront_are_not_served(built, path):
    assert (await built.get(path)).text != "no"
