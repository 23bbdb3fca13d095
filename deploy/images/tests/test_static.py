"""The storefront out of the image of what is static: run as the pod of a service, it answers as a laptop's portal."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from chassis.testing.waiting import wait_until
from deploy.drills import container, engine, rendered
from mercat.portal.app import app

pytestmark = pytest.mark.image
ARGS = ["web", "--host", "0.0.0.0", "--port", "8000"]
FILES = sorted(path for path in (engine.ROOT / "web" / "storefront").rglob("*") if path.is_file())
PATHS = [
    *(f"/{path.relative_to(engine.ROOT / 'web' / 'storefront')}" for path in FILES),
    *(
        "/",
        "/cart",
        "/products/blue-print",
        "/css",
        "/css/",
        "/orders/1/pay",
        "/orders/1/pay/",
        "/orders/1",
        "/orders/1/payment",
    ),
    *(
        "/a/orders/b/pay",
        "/missing.css",
        "/assets/none.js",
        "/api",
        "/api/v1/x",
        "/apix",
        "/internal/x",
        "/health",
        "/metrics",
    ),
    *(
        "/webhooks/stripe",
        "/.well-known/jwks.json",
        "/js/.hidden",
        f"/{'a' * 300}.css",
        f"/{'a' * 300}",
        "/cart?next=/orders/1/pay",
    ),
]
COMPARED = (
    *("content-security-policy", "cross-origin-opener-policy", "cross-origin-resource-policy", "referrer-policy"),
    *("x-content-type-options", "cache-control", "content-type"),
)


@pytest.fixture(scope="module")
def shop(static_image, tmp_path_factory):
    """The container in the pod of a service without settings, secrets and database."""
    folder = tmp_path_factory.mktemp("static")
    names = ("callers.json", "service_key.pem", "valkey_url", "database_url", "database_owner_url")
    settings = {"secrets": {"files": {"catalog": dict.fromkeys(names, "none")}}}
    objects = rendered.objects("catalog", rendered.environment(folder, settings))
    flags = rendered.flags(objects, rendered.pod(objects, "Deployment", "catalog"), folder / "pod")
    with container.running(static_image, flags, ARGS) as made:
        wait_until(lambda: made.status("/health/ready") == 204, what=made.name)
        yield made


@pytest.fixture
def portal(monkeypatch):
    for name, value in {"root": engine.ROOT, "double_origin": "", "public_name": "localhost"}.items():
        monkeypatch.setattr(app.state, name, value, raising=False)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost")


@pytest.mark.parametrize("path", PATHS)
async def test_image_answers_as_the_portal_of_a_laptop(shop, portal, path):
    ours, theirs = shop.ask("GET", path), await portal.get(path)
    assert ours.status == theirs.status_code
    assert {name: ours.getheader(name) for name in COMPARED} == {name: theirs.headers.get(name) for name in COMPARED}
    if ours.status >= 400:
        known = ("type", "title", "status")
        assert {name: json.loads(ours.text)[name] for name in known} == {name: theirs.json()[name] for name in known}
        assert ours.getheader("X-Request-Id") == json.loads(ours.text)["request_id"]
    else:
        assert ours.text == theirs.text


def test_container_has_no_rights_and_passes_its_own_health_check(shop):
    assert set(shop.kernel("Uid").split()) == {"10001"}
    assert (int(shop.kernel("CapEff"), 16), shop.kernel("NoNewPrivs")) == (0, "1")
    assert shop.status("/health/live") == 204
    assert shop.healthcheck() == "healthy"


@pytest.mark.parametrize(
    "path", ["/%2e%2e/nginx.conf", "/..%2fnginx.conf", "/css/../../nginx.conf", "/%00.css", "/../serve_static.sh"]
)
def test_files_outside_of_the_storefront_are_not_served(shop, path):
    answer = shop.ask("GET", path)
    assert answer.status in {200, 400, 404}, answer.text
    assert "daemon off" not in answer.text
    assert "usage" not in answer.text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_other_methods_are_refused_as_a_problem(shop, method):
    answer = shop.ask(method, "/css/base.css")
    assert answer.status == 405
    assert answer.getheader("Content-Type") == "application/problem+json"


def test_unchanged_file_is_not_sent_again_and_a_range_is_ignored(shop):
    first = shop.ask("GET", "/js/main.js")
    assert shop.ask("GET", "/js/main.js", If_None_Match=first.getheader("ETag")).status == 304
    assert shop.ask("GET", "/js/main.js", Range="bytes=0-1").text == first.text
    assert shop.ask("GET", "/js/main.js", Accept_Encoding="gzip").getheader("Content-Encoding") == "gzip"


def test_request_under_way_is_answered_before_the_server_ends(static_image):
    flags = ["--read-only", "--cap-drop=all", "--tmpfs=/tmp"]
    with container.running(static_image, flags, ARGS) as made:
        wait_until(lambda: made.status("/health/ready") == 204, what=made.name)
        with made.connect() as connection, connection.makefile("rb") as answer:
            connection.sendall(b"GET /cart HTTP/1.1\r\nHost: x\r\n")
            wait_until(lambda: was_read(made), what="the reading of the request")
            made.signal(engine.inspect("image", static_image)["Config"].get("StopSignal", "SIGTERM"))
            wait_until(lambda: made.status("/health/ready") == 0, what="the end of listening")
            connection.sendall(b"\r\n")
            assert answer.readline() == b"HTTP/1.1 200 OK\r\n"
        wait_until(lambda: not made.state()["Running"], timeout=75, what="the end of the process")
        assert made.state()["ExitCode"] == 0


def was_read(made: container.Container) -> bool:
    """Whether the server has read all that came by its one open connection."""
    rows = [line.split() for line in Path(f"/proc/{made.pid}/net/tcp").read_text().splitlines()[1:]]
    queues = [row[4] for row in rows if row[1].endswith(f":{made.port:04X}") and row[3] == "01"]
    return queues == ["00000000:00000000"]
