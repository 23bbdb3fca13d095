"""The whole store, started and ended as a person does, in a folder of its own and on ports of its own."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import ssl
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from uuid import uuid4

import httpx
import psutil
import pytest
from prometheus_client import generate_latest

from chassis.testing.waiting import wait_until
from mercat.config import environment, services
from mercat.stack.lock import SupervisorLock
from mercat.stack.status_file import StatusFile
from mercat.tests.conftest import ROOT
from mercat.tests.whole_store import running
from orders import probe
from tools.client.generate import generate
from tools.client.tests import programs

pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    """A store that runs; each test that stops or kills it starts it again."""
    with running(tmp_path_factory.mktemp("stack")) as one:
        yield one


def test_store_answers_through_traefik(stack):
    assert stack.get("/").status_code == 200
    for spec in services.discover(ROOT):
        for route in spec.routes:
            answer = stack.get(route)
            assert answer.status_code < 500, (route, answer.text)
        assert stack.get("/internal/feed").status_code == 404
    assert stack.get("/metrics").status_code == 404


def test_demo_shop_is_served_over_https(stack):
    assert stack.get("/api/v1/products").json()["items"]
    context = ssl.create_default_context(cafile=str(stack.state / "certificates" / "authority.pem"))
    answer = httpx.get(f"https://localhost:{stack.installation.port('https')}/", verify=context, timeout=60)
    assert answer.status_code == 200


def test_all_processes_listen_on_loopback_only(stack):
    listening = [
        connection.laddr.ip
        for process in stack.processes()
        for connection in process.net_connections(kind="inet")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert len(listening) >= 10
    assert set(listening) <= {"127.0.0.1", "::1"}


def test_state_is_readable_by_owner_only(stack):
    assert stack.state.stat().st_mode & 0o077 == 0
    for path in (stack.state / "keys").iterdir():
        assert path.stat().st_mode & 0o077 == 0


def test_no_process_has_a_secret_in_its_arguments(stack):
    secrets = [path.read_text() for path in (stack.state / "keys").iterdir() if path.suffix in {".password", ".token"}]
    assert len(secrets) > 5
    for process in stack.processes():
        arguments = " ".join(process.cmdline())
        assert not [secret for secret in secrets if secret in arguments]


def test_second_up_changes_nothing(stack):
    def again() -> bool:
        before = stack.pids()
        told = stack.run("up")
        assert f"http://localhost:{stack.installation.port('http')}/" in told
        return "running already" in told and stack.pids() == before

    # Tests of another file, which may run at the same time, touch the code that this store runs, too.
    wait_until(again, 60)


def test_up_with_other_options_is_refused(stack):
    assert "mercat down" in stack.run("up", "--replicas", "2", fails=True)


def test_status_prints_json_and_a_table(stack):
    assert json.loads(stack.run("status", "--json"))["phase"] == "running"
    shown = stack.run("status")
    for spec in services.discover(ROOT):
        assert spec.name in shown


def test_the_logs_of_one_service_can_be_read(stack):
    assert "postgres" in stack.run("logs", "postgres")


def test_staff_are_listed_signed_out_and_looked_up_in_the_audit_logs_of_all_services(stack):
    email = "boss@example.com"
    password = stack.run("admin", "create", "--email", email).rsplit(maxsplit=1)[1]
    origin = f"http://localhost:{stack.installation.port('http')}"
    for _ in range(2):
        body = {"email": email, "password": password}
        assert httpx.post(f"{origin}/api/v1/sessions", json=body, timeout=60).status_code == 201
    (member,) = json.loads(stack.run("admin", "list", "--json"))
    assert (member["email"], member["roles"], member["sessions"]) == (email, ["admin", "customer"], 2)
    assert f"{email} is signed out: 2 sessions have ended." in stack.run("admin", "sign-out", "--email", email)
    assert "Everybody is signed out: 0 sessions" in stack.run("admin", "sign-out", "--everybody", "--yes")
    ids = stack.installation.state / "erased.txt"
    ids.write_text(f'{{"message": "account.erased", "user.id": "{uuid4()}"}}\n')
    assert "1 accounts are erased again" in stack.run("admin", "erase-again", str(ids), "--yes")
    asked = ("audit", "--account", member["id"], "--case", "a test", "--json")
    acts = [each["action"] for each in json.loads(stack.run(*asked))["lines"]]
    assert acts == ["account.admin_created", "session.started", "session.started", "sessions.ended"]
    found = json.loads(stack.run("audit", "--since", "2026-01-01T00:00:00Z", "--json"))["lines"]
    readings = {each["service"] for each in found if (each["after"] or {}).get("case") == "a test"}
    assert readings == {"catalog", "identity", "orders", "payments", "shop"}


def test_the_python_client_buys_by_the_programs_of_its_page(stack, tmp_path):
    programs.need_generator()
    generate(tmp_path / "client")
    installed = programs.install(tmp_path / "client", tmp_path / "installed")
    guest, customer = programs.written(tmp_path)
    address = f"http://localhost:{stack.installation.port('http')}"
    assert re.fullmatch(r"M-\w+ paid\n", programs.output(guest, installed, address))
    refused, listed = programs.output(customer, installed, address).splitlines()
    assert re.fullmatch(r"409 price-changed \{'amount': \d{4}, 'currency': 'EUR'\}", refused)
    assert listed == "True"


def test_the_synthetic_shopper_buys_up_to_the_open_payment_and_pays_in_test_mode(stack):
    def run(service: str, *argv: str, given: str = "") -> None:
        specs = services.discover(ROOT)
        env = environment.service(stack.installation, specs, next(spec for spec in specs if spec.name == service))
        subprocess.run([sys.executable, "-m", *argv], env=env, cwd=ROOT, input=given, text=True, check=True)

    run("identity", "identity.create_admin", "--email", "probe@example.com", "--probe", given="a long pass phrase 7")
    run("catalog", "catalog.load", "--shopify", str(ROOT / "services/catalog/probe.csv"))
    urls = {"": f"http://localhost:{stack.installation.port('http')}"}
    shop = probe.Shop(urls, "probe@example.com", "a long pass phrase 7")
    assert asyncio.run(probe.run_once(shop))
    paying = replace(shop, pay=True, stripe=f"http://127.0.0.1:{stack.installation.port('stripe_double')}")
    assert asyncio.run(probe.run_once(paying))
    shown = generate_latest(probe.registry).decode()
    for step in probe.STEPS:
        assert f'probe_success{{step="{step}"}} 1.0' in shown
        assert f'probe_step_duration_seconds_count{{step="{step}"}} 2.0' in shown
    stranger = replace(shop, password="not the pass phrase")
    assert not asyncio.run(probe.run_once(stranger))
    assert 'probe_success{step="browse"} 1.0' in (shown := generate_latest(probe.registry).decode())
    assert 'probe_success{step="sign-in"} 0.0' in shown
    assert 'probe_success{step="cancel"} 0.0' in shown


@pytest.mark.parametrize("spec", services.discover(ROOT), ids=lambda spec: spec.name)
def test_killed_service_is_restarted(stack, spec):
    pid = stack.pid(spec.name)
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: stack.is_well(spec.name) and stack.pid(spec.name) not in {pid, None}, 60)
    wait_until(lambda: stack.get(spec.routes[0]).status_code < 500, 60)


@pytest.mark.parametrize("name", ["postgres", "valkey", "traefik", "portal", "error_page", "stripe_double"])
def test_killed_part_is_restarted(stack, name):
    pid = stack.pid(name)
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: stack.is_well(name) and stack.pid(name) not in {pid, None}, 60)
    wait_until(lambda: stack.get("/api/v1/products").status_code == 200, 60)


def test_store_starts_after_all_processes_were_killed(stack):
    for process in [psutil.Process(stack.status().pid), *stack.processes()]:
        with suppress(psutil.NoSuchProcess):  # it ended with one that was killed before it
            process.kill()
    stack.run("up")
    assert stack.get("/api/v1/products").status_code == 200


def test_processes_end_with_a_killed_supervisor_and_up_works(stack):
    os.kill(stack.status().pid, signal.SIGKILL)
    wait_until(lambda: not SupervisorLock(stack.state / "run").is_held())
    wait_until(lambda: stack.processes() == [], 60)
    assert "ended without a word" in stack.run("status", stopped=True)
    stack.run("up")
    assert "ended without a word" in (stack.state / "logs" / "supervisor.log").read_text()
    assert stack.get("/api/v1/products").status_code == 200


def test_reset_removes_all_data(stack):
    authority = (stack.state / "certificates" / "authority.pem").read_bytes()
    stack.run("reset", "--yes")
    assert not (stack.state / "postgres").exists()
    stack.run("up")
    assert stack.get("/api/v1/products").json()["items"]
    assert (stack.state / "certificates" / "authority.pem").read_bytes() == authority


def test_down_ends_all_processes_and_up_keeps_the_folders_mode(stack):
    folder = stack.state.parent
    stack.run("down")
    assert stack.processes() == []
    assert "was not running" in stack.run("down")
    folder.chmod(0o700)
    before = folder.stat()
    stack.run("up")
    after = folder.stat()
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)


def test_two_parallel_ups_start_one_store_with_replicas(stack):
    stack.run("down")
    both = [stack.start("up", "--replicas", "2") for _ in range(2)]
    for one in both:
        out, err = one.communicate(timeout=300)
        assert one.returncode == 0, f"{out}\n{err}"
        assert "The store is" in out
    supervisors = [one for one in stack.processes() if "mercat.stack.supervisor_main" in one.cmdline()]
    assert len(supervisors) == 1
    for spec in services.discover(ROOT):
        assert stack.is_well(f"{spec.name}-2")


def test_attached_store_ends_with_ctrl_c_and_with_its_terminal(stack):
    for end in (signal.SIGINT, signal.SIGKILL):
        stack.run("down")
        front = stack.start("up", "--attach")
        wait_until(
            lambda: (found := StatusFile(stack.state / "run").read()) is not None and found.phase == "running", 120
        )
        front.send_signal(end)
        front.communicate(timeout=120)
        wait_until(lambda: stack.processes() == [], 60)
    stack.run("up")
