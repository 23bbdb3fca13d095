"""What a cluster's edge alone does: it knows its load balancer, stops floods, and writes a log."""

from __future__ import annotations

import json
import socket
import ssl
import struct
from collections.abc import Iterator

import pytest

from chassis.testing.waiting import wait_until
from deploy.edge.tests.asking import ask, new_client
from deploy.edge.tests.edges import FLOOD, Edge, cluster
from deploy.observability.logs.tests.running import container, misfits, redacted

ORDERS = "/api/v1/orders"
STRANGER = "127.0.0.9"
SPOOFED = ("X-Forwarded-Proto: http", "X-Forwarded-Host: evil.example", "X-Real-Ip: 6.6.6.6")
# What Traefik warns of at its start, and why that is no fault here.
EXPECTED_WARNINGS = ("can reject some encoded characters",)  # a router of ours refuses them, with a problem document


@pytest.fixture(scope="module")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    with cluster(tmp_path_factory.mktemp("cluster")) as found:
        yield found


def proxy_header(client: str) -> bytes:
    """The PROXY protocol's version 2, as AWS's load balancers send it."""
    addresses = socket.inet_aton(client) + socket.inet_aton("10.30.0.1") + struct.pack(">HH", 4711, 443)
    return b"\r\n\r\n\x00\r\nQUIT\n" + bytes([0x21, 0x11]) + struct.pack(">H", len(addresses)) + addresses


def test_a_client_that_is_no_proxy_cannot_say_who_it_is(edge: Edge) -> None:
    seen = ask(edge, ORDERS, *SPOOFED, client="6.6.6.6", source=STRANGER).document["headers"]
    assert seen["x-forwarded-for"] == STRANGER
    assert (seen["x-forwarded-proto"], seen["x-forwarded-host"], seen["x-real-ip"]) == ("https", edge.host, STRANGER)


def test_address_from_the_proxy_protocol_is_the_clients(edge: Edge) -> None:
    """The load balancer may tell of a client, or of a CDN's address that is not trusted to tell of others."""
    seen = ask(edge, ORDERS, client="6.6.6.6", proxy=proxy_header("203.0.113.7")).document["headers"]
    assert seen["x-forwarded-for"] == "203.0.113.7"
    through = ask(edge, ORDERS, client="203.0.113.8", proxy=proxy_header("127.0.0.1")).document["headers"]
    assert through["x-forwarded-for"] == "203.0.113.8, 127.0.0.1"


def test_the_proxy_protocol_of_a_stranger_is_not_believed(edge: Edge) -> None:
    seen = ask(edge, ORDERS, source=STRANGER, proxy=proxy_header("203.0.113.7")).document["headers"]
    assert seen["x-forwarded-for"] == STRANGER


def test_a_flood_of_one_address_is_refused_and_others_are_served(edge: Edge) -> None:
    """Its own address is the last of X-Forwarded-For: those before it are what the client wrote."""
    client = new_client()
    answers = [ask(edge, ORDERS, client=f"{number}.6.6.6, {client}") for number in range(3 * FLOOD)]
    assert {answer.status for answer in answers[:FLOOD]} == {200}
    refused = [answer for answer in answers[FLOOD:] if answer.status == 429]
    assert int(refused[0].headers["retry-after"]) >= 1
    assert refused[0].headers["strict-transport-security"]
    assert ask(edge, ORDERS).status == 200


def test_neighbours_in_an_ipv6_network_are_one_client(edge: Edge) -> None:
    statuses = {ask(edge, ORDERS, client=f"2001:db8:ffff:1::{number:x}").status for number in range(3 * FLOOD)}
    assert statuses == {200, 429}


def test_another_name_gets_the_certificate_of_the_shop(edge: Edge) -> None:
    assert ssl.get_server_certificate(("127.0.0.1", edge.https)) == (
        edge.log.parent / "localhost.pem"
    ).read_text().replace("\r", "")


def test_log_is_json_without_secrets(edge: Edge) -> None:
    secret = "c0ffee-secret"
    headers = (f"Authorization: Bearer {secret}", f"Cookie: session={secret}", f"Referer: https://shop/?{secret}")
    client = new_client()
    ask(edge, f"{ORDERS}?token={secret}", *headers, client=client)
    wait_until(lambda: any(line.get("ClientHost") == client for line in log(edge)), what="the line of the request")
    assert secret not in edge.log.read_text()
    (line,) = [line for line in log(edge) if line.get("ClientHost") == client]
    assert (line["RequestPath"].partition("?")[0], line["DownstreamStatus"]) == (ORDERS, 200)


def test_traefik_says_nothing_against_the_configuration(edge: Edge) -> None:
    assert complaints(edge) == []


def complaints(edge: Edge) -> list[str]:
    """What Traefik warned of, but for what is expected."""
    said = [line["message"] for line in log(edge) if line.get("level") in {"warn", "error"} and "message" in line]
    return [message for message in said if not any(known in message for known in EXPECTED_WARNINGS)]


def log(edge: Edge) -> list[dict]:
    """Its whole lines; the last one may be half written."""
    return [json.loads(line) for line in edge.log.read_text().splitlines(keepends=True) if line.endswith("\n")]


def test_every_line_of_its_log_becomes_a_document_that_elasticsearch_takes(edge: Edge) -> None:
    """Of a request neither path nor query: what a person typed may be in them. Nothing else is lost on the way."""
    for path in (f"{ORDERS}?email=ada@example.com", f"{ORDERS}/lovelace", "/nowhere/lovelace"):
        ask(edge, path, client="203.0.113.77")
    wait_until(lambda: edge.log.read_text().count("lovelace") >= 2)
    lines = [line for line in edge.log.read_text().splitlines(keepends=True) if line.endswith("\n")]
    found = redacted(container(line, "traefik", "edge") for line in lines)
    assert [misfit for each in found for misfit in misfits(each)] == []
    assert {each["data_stream"]["dataset"] for each in found} == {"mercat.edge"}
    requests = [each for each in found if each["message"] == "request"]
    for each in requests:
        assert {"method", "status_code"} <= {*each["http"]["request"], *each["http"]["response"]}
        assert {"duration"} <= each["event"].keys()
        assert {"client", "traefik"} <= each.keys()
        assert "labels" not in each
    assert {each["http"]["response"]["status_code"] for each in requests} >= {200, 404}
    text = json.dumps(found)
    assert [word for word in ("lovelace", "ada@", "203.0.113.77") if word in text] == []
