"""Sends one request to an edge, byte for byte, and reads its answer."""

from __future__ import annotations

import json
import socket
import ssl
from itertools import count
from typing import Any, NamedTuple

from deploy.edge.tests.edges import Edge

_CLIENTS = count(1)


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    document: Any


def tls_context() -> ssl.SSLContext:
    """One that takes any certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def new_client() -> str:
    """The address of a client that has sent nothing yet."""
    network, number = divmod(next(_CLIENTS), 250)
    return f"198.51.{network}.{number}"


def ask(
    edge: Edge,
    path: str,
    *headers: str,
    method: str = "GET",
    body: bytes = b"",
    host: str = "",
    client: str = "",
    source: str = "127.0.0.1",
    proxy: bytes = b"",
) -> Answer:
    """The answer by https. `client` stands in X-Forwarded-For, `source` is the connection's own address.

    `proxy` is what a load balancer sends before the connection's own bytes.
    """
    forwarded = f"X-Forwarded-For: {client or new_client()}"
    with socket.create_connection(("127.0.0.1", edge.https), 60, (source, 0)) as plain:
        plain.sendall(proxy)
        with tls_context().wrap_socket(plain, server_hostname=edge.host) as connection:
            return exchange(connection, edge, path, forwarded, *headers, method=method, body=body, host=host)


def ask_plainly(edge: Edge, path: str, *headers: str, method: str = "GET") -> Answer:
    """The answer by http."""
    with socket.create_connection(("127.0.0.1", edge.http), 60) as connection:
        return exchange(connection, edge, path, *headers, method=method)


def exchange(
    connection: socket.socket, edge: Edge, path: str, *headers: str, method: str, body: bytes = b"", host: str = ""
) -> Answer:
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host or edge.host}", "Connection: close", *headers]
    if method not in {"GET", "HEAD"} and not any(line.startswith(("Transfer-", "Content-L")) for line in headers):
        lines.append(f"Content-Length: {len(body)}")
    connection.sendall("\r\n".join([*lines, "", ""]).encode() + body)
    answer = b""
    while part := connection.recv(65_536):
        answer += part
    head, _, content = answer.partition(b"\r\n\r\n")
    first, *rest = head.decode().split("\r\n")
    received = {name.lower(): value for name, _, value in (line.partition(": ") for line in rest)}
    document = json.loads(content) if "json" in received.get("content-type", "") and content else None
    return Answer(int(first.split(" ")[1]), received, document)
