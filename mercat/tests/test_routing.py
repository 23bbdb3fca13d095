"""Traefik itself, by our configuration, in front of small servers that tell what reached them."""

from __future__ import annotations

import http.client
import os
import socket
import ssl
import subprocess
from contextlib import closing, nullcontext

import httpx
import pytest

from chassis.testing.waiting import wait_until
from local_servers import child
from local_servers.ports import free_port
from mercat.config import services
from mercat.edge import certificates, error_page, traefik
from mercat.installation import Installation
from mercat.installation import installation as installations
from mercat.tests.conftest import add_service
from mercat.tests.servers import Breaking, free_ports, serving, status

# We do reject them, by a router; Traefik advises to do it where it can only answer with an empty 400.
EXPECTED = "Traefik can reject some encoded characters"


@pytest.fixture(scope="module")
def edged(tmp_path_factory):
    """Traefik before two replicas of "catalog", the second of which breaks every connection, pages and the portal."""
    first, second, *others = free_ports(2 + len(installations.PORTS))
    ports = dict(zip(installations.PORTS, others, strict=True))
    folder = tmp_path_factory.mktemp("edge")
    (folder / "project").mkdir()
    user_settings = {"PATH": os.environ["PATH"]}
    installation = Installation(
        root=folder / "project", state=folder / "state", user_settings=user_settings, replicas=2
    )
    installation.make_folders()
    add_service(installation, "catalog", first, routes="/api/v1/cart")
    # Nobody is at its second replica's port.
    pages = next(port for port in iter(free_port, None) if 1024 < port + second - first < 65_536)
    add_service(installation, "pages", pages, routes="/")
    log = installation.logs / "traefik.log"
    with pytest.MonkeyPatch.context() as patch, log.open("wb") as said:
        patch.setattr(installations, "PORTS", ports)
        patch.setattr(services, "REPLICA_PORT_STEP", second - first)
        certificates.ensure(installation.certificates)
        traefik.write_configuration(installation, services.discover(installation.root))
        with (
            serving("catalog", first) as well,
            serving("catalog-2", second, Breaking) as broken,
            serving("portal", ports["portal"]) as portal,
            serving("pages", pages),
            serving("error page", ports["error_page"], error_page.ErrorPageHandler),
        ):
            process = subprocess.Popen(child.command(traefik.command(installation)), stdout=said, stderr=said)
            try:
                wait_until(lambda: status(ports["http"], "/about") == 200, what="traefik")
                said_against_it = [line for line in log.read_text().splitlines() if EXPECTED not in line]
                assert said_against_it == []
                yield installation, well, broken, portal
            finally:
                process.terminate()
                process.wait(60)


def ask(edged, path: str, method: str = "GET", **options) -> httpx.Response:
    installation = edged[0]
    return httpx.request(method, f"http://localhost:{installation.port('http')}{path}", timeout=60, **options)


REACHED = {
    "catalog": ("/api/v1/cart", "/api/v1/cart/items", "/api/v1/cart?x=1"),
    "portal": ("/about", "/docs/openapi.json", "/mail", "/observe", "/_portal/state"),
    "pages": ("/", "/products/a", "/cart", "/aboutx", "/healthy", "/apis", "/API/v1/cart", "/robots.txt", "/de/about"),
}


@pytest.mark.parametrize(("server", "path"), [(server, path) for server, paths in REACHED.items() for path in paths])
def test_routes_reach_their_services_and_all_other_paths_pages(edged, server, path):
    assert ask(edged, path).json()["server"] == server


@pytest.mark.parametrize(
    "path",
    [
        *("/api", "/api/v1", "/api/v1/carton", "/api/v2/cart", "/%61pi/v1/x", "//api//x", "/x/../api/v1/x"),
        *("/internal", "/internal/feed", "/metrics", "/health/ready", "/webhooks/x", "/.well-known/none"),
    ],
)
def test_an_unknown_address_of_programs_is_a_problem_and_no_page(edged, path):
    for method in ("GET", "POST"):
        answer = ask(edged, path, method)
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
        assert answer.json()["type"] == "not-found"


def test_escaped_separators_in_a_path_are_refused(edged):
    for path in ("/api/v1/cart/../../../internal/feed", "/api/v1/cart/%2e%2e/%2e%2e/%2e%2e/internal/feed"):
        assert raw(edged, path)[0] in {400, 404}
    for path in ("/api/v1/cart%2fitems", "/api/v1/cart/..%2f..%2finternal", "/api/v1/cart/a%00b", "/x%5cy"):
        assert raw(edged, path)[0] == 400


def raw(edged, path: str, **headers: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", edged[0].port("http"), timeout=60)
    connection.putrequest("GET", path, skip_host=True)
    for name, value in {"Host": "localhost", **headers}.items():
        connection.putheader(name, value)
    connection.endheaders()
    with closing(connection), connection.getresponse() as answer:
        return answer.status, answer.read()


def test_unknown_host_gets_404(edged):
    assert raw(edged, "/", Host="evil.example")[0] == 404
    assert raw(edged, "/", Host="127.0.0.1")[0] == 200


def test_reads_are_retried_and_writes_are_not(edged):
    _, well, broken, _ = edged
    for _ in range(6):
        assert ask(edged, "/api/v1/cart").status_code == 200
    assert broken.answered >= 1
    before = well.answered + broken.answered
    statuses = [ask(edged, "/api/v1/cart", "POST", json={}).status_code for _ in range(6)]
    assert well.answered + broken.answered == before + 6
    assert set(statuses) == {200, 502}


def test_error_of_a_service_is_passed_on_unchanged(edged):
    for method, body in (("POST", b"{}"), ("POST", b""), ("GET", None)):
        seen = {}
        for _ in range(6):  # every other goes to the replica that hangs up
            answer = ask(edged, "/api/v1/cart/fails", method, content=body)
            seen[answer.status_code] = answer
        assert seen[500].json()["server"] == "catalog"
        assert set(seen) <= {500, 502}


def test_too_long_headers_are_refused(edged):
    assert raw(edged, "/", **{"X-Long": "x" * (traefik.MAX_HEADER_BYTES + 8192)})[0] == 431


def test_header_with_underscores_is_removed(edged):
    headers = {"X_Forwarded_For": "6.6.6.6", "X.Forwarded.For": "6.6.6.6"}
    seen = ask(edged, "/", headers=headers).json()["headers"]
    assert not [name for name in seen if "forwarded" in name and ("_" in name or "." in name)]
    assert "6.6.6.6" not in seen["x-forwarded-for"]


def test_internal_headers_from_outside_are_removed(edged):
    headers = {"X-Deadline": "1", "x-request-id": "abcdefgh-1", "X_Request_Id": "abcdefgh-2", "traceparent": "00-x"}
    for path in ("/", "/api/v1/cart"):
        seen = ask(edged, path, headers=headers).json()["headers"]
        assert not {"x-deadline", "x-request-id", "x_request_id"} & set(seen)
        assert seen["traceparent"] == "00-x"


def test_answers_have_no_server_header_and_no_local_hsts(edged):
    seen = ask(edged, "/").headers
    assert "server" not in seen
    assert "strict-transport-security" not in seen


def test_https_uses_the_local_certificate_and_strong_ciphers(edged):
    installation = edged[0]
    context = ssl.create_default_context(cafile=str(installation.certificates / "authority.pem"))
    for host in ("localhost", "127.0.0.1"):
        answer = httpx.get(f"https://{host}:{installation.port('https')}/api/v1/cart", verify=context, timeout=60)
        assert answer.json()["headers"]["x-forwarded-proto"] == "https"
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        assert handshake(installation, version)[1].startswith(("('TLS_", "('ECDHE-ECDSA-"))
    with pytest.raises(ssl.SSLError):
        handshake(installation, ssl.TLSVersion.TLSv1_1)
    with pytest.raises(ssl.SSLError):
        handshake(installation, ssl.TLSVersion.TLSv1_2, ciphers="ECDHE-ECDSA-AES128-SHA")


def handshake(installation, version: ssl.TLSVersion, ciphers: str = "") -> tuple[str | None, str]:
    context = ssl.create_default_context(cafile=str(installation.certificates / "authority.pem"))
    with pytest.warns(DeprecationWarning, match="TLSv1_1") if version < ssl.TLSVersion.TLSv1_2 else nullcontext():
        context.minimum_version = context.maximum_version = version
    if ciphers:
        context.set_ciphers(f"{ciphers}@SECLEVEL=0")
    with (
        socket.create_connection(("127.0.0.1", installation.port("https")), timeout=60) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as tls,
    ):
        return tls.version(), str(tls.cipher())
