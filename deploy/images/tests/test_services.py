"""Every service out of the image, run as the cluster would: Helm's rendered pod, real PostgreSQL and Valkey."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from chassis import auth
from chassis.testing.waiting import wait_until
from chassis.values import uuid7
from deploy.drills.store import WEBHOOK_SECRET
from stripe_double.webhooks.sender import signature

pytestmark = pytest.mark.image


def webhook() -> tuple[bytes, dict[str, str]]:
    event = {"id": "evt_1", "object": "event", "type": "customer.created", "livemode": False, "created": 1}
    body = json.dumps({**event, "data": {"object": {"id": "cus_1", "object": "customer"}}}).encode()
    return body, {"Stripe-Signature": signature(body, WEBHOOK_SECRET, int(time.time()))}


def quotes(store) -> tuple[bytes, dict[str, str]]:
    key = auth.load_private_key(store.environment.parent / "state" / "keys" / "orders.pem")
    token = auth.sign_service_token(key, "orders", "catalog")
    line = {"variant_id": str(uuid7()), "quantity": 1}
    return json.dumps({"lines": [line], "currency": "EUR"}).encode(), {"Authorization": f"Bearer {token}"}


def post(name: str, store) -> tuple[str, bytes, dict[str, str], int]:
    """A request that reads or writes the service's database: path, body, headers, and the status of its answer."""
    if name == "catalog":
        return "/internal/quotes", *quotes(store), 200
    if name == "payments":
        return "/webhooks/stripe", *webhook(), 200
    if name == "orders":
        return "/api/v1/cart", b'{"currency": "EUR"}', {}, 201
    return "/api/v1/sessions", b'{"email": "nobody@example.com", "password": "correct horse battery"}', {}, 401


def test_a_service_runs_as_the_cluster_runs_it(service, store):
    spec, pod, made = service
    assert made.status("/health/live") == 200
    # The user, without rights, in a root that it cannot write to, within the memory of the pod.
    assert set(made.kernel("Uid").split()) == {"10001"}
    assert int(made.kernel("CapEff"), 16) == 0
    assert (made.kernel("NoNewPrivs"), made.kernel("Seccomp")) == ("1", "2")
    root = next(
        line.split() for line in Path(f"/proc/{made.pid}/mounts").read_text().splitlines() if line.split()[1] == "/"
    )
    assert "ro" in root[3].split(",")
    limit = pod["containers"][0]["resources"]["limits"]["memory"]
    assert memory_limit(made.pid) == int(limit.removesuffix("Mi")) * 2**20
    assert made.healthcheck() == "healthy"
    if not spec.database:
        # What it serves is in the image, under whatever name of a release it is asked for.
        answer = made.ask("GET", f"/assets/{'0' * 16}/js/main.js")
        assert (answer.status, answer.getheader("Content-Type")) == (200, "text/javascript; charset=utf-8"), answer.text
        return
    # A request that needs the database, twice: the second is answered from connections that are open.
    path, body, headers, status = post(spec.name, store)
    for _ in range(2):
        answer = made.ask("POST", path, body, Content_Type="application/json", **headers)
        assert answer.status == status, answer.text
    ends_within_its_grace(made, pod["terminationGracePeriodSeconds"], path, body, headers, status)


def ends_within_its_grace(made, grace: int, path: str, body: bytes, headers: dict[str, str], status: int) -> None:
    """SIGTERM while a request is under way: it is answered, and the process ends by itself, in good order."""
    head = {
        "Host": "x",
        "Content-Type": "application/json",
        "Content-Length": len(body),
        "Expect": "100-continue",
        **headers,
    }
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items()), "", ""]
    with made.connect() as connection, connection.makefile("rb") as answer:
        connection.sendall("\r\n".join(lines).encode())
        assert answer.readline() == b"HTTP/1.1 100 Continue\r\n", "the handler waits for the body"
        assert answer.readline() == b"\r\n"
        made.signal("SIGTERM")
        wait_until(lambda: made.status("/health/ready") != 200, what="the end of readiness")
        connection.sendall(body)
        assert int(answer.readline().split()[1]) == status
    wait_until(lambda: not made.state()["Running"], timeout=grace, what="the end of the process")
    assert (made.state()["ExitCode"], made.state()["OOMKilled"]) == (0, False), made.logs()


def memory_limit(pid: int) -> int:
    """Bytes, of either version of cgroups."""
    for line in Path(f"/proc/{pid}/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        for file in (f"/sys/fs/cgroup/memory{path}/memory.limit_in_bytes", f"/sys/fs/cgroup{path}/memory.max"):
            if controllers in {"memory", ""} and Path(file).exists():
                return int(Path(file).read_text())
    raise AssertionError("no cgroup of memory")
