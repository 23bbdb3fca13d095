"""A store that runs, with two replicas of each service, changed while it runs; then kept and brought back."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import threading
import time
from contextlib import suppress
from functools import partial
from pathlib import Path

import httpx
import psutil
import pytest

from chassis.testing.waiting import wait_until
from mercat.config import services
from mercat.tests import runbooks
from mercat.tests.conftest import ROOT
from mercat.tests.whole_store import Stack, running

pytestmark = pytest.mark.stack
EMAIL = "o'brien@example.com"


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    with running(tmp_path_factory.mktemp("changes"), "--replicas", "2") as one:
        yield one


def changed(stack: Stack, before: dict[str, int | None]) -> set[str]:
    now = stack.pids()
    return {name for name in before.keys() | now.keys() if before.get(name) != now.get(name)}


def up(stack: Stack, **settings: str) -> str:
    return stack.run("up", more=settings)


def test_changed_setting_restarts_services_that_have_it(stack):
    before = stack.pids()
    told = up(stack, HOLD_SECONDS="600")
    assert "orders: HOLD_SECONDS changed" in told
    assert "up to date again" in told
    assert changed(stack, before) == {"orders", "orders-2"}
    before = stack.pids()
    assert "running already" in up(stack, HOLD_SECONDS="600")
    assert changed(stack, before) == set()
    up(stack)


def test_a_wrong_setting_is_refused_and_changes_nothing(stack):
    before = stack.pids()
    told = stack.run("up", "--replicas", "2", fails=True, more={"SHIPPING_FLAT_RATE": "much"})
    assert "orders: SHIPPING_FLAT_RATE: " in told
    assert changed(stack, before) == set()


def test_changed_code_restarts_its_service(stack):
    before = stack.pids()
    os.utime(ROOT / "services" / "catalog" / "metrics.py")
    told = up(stack)
    assert "catalog: its files changed" in told
    assert changed(stack, before) == {"catalog", "catalog-2"}


def test_a_restart_of_two_replicas_fails_no_request(stack):
    answers: list[int | str] = []
    over = threading.Event()

    def buy() -> None:
        # A POST is never repeated by the edge: it meets whatever stands in the routes.
        with httpx.Client(base_url=f"http://localhost:{stack.installation.port('http')}", timeout=60) as client:
            while not over.is_set():
                try:
                    answer = client.post("/api/v1/cart/lines", json={})
                    answers.append(answer.status_code if answer.status_code < 500 else answer.text)
                except httpx.TransportError as error:
                    answers.append(repr(error))
                time.sleep(0.01)

    threads = [threading.Thread(target=buy) for _ in range(3)]
    for thread in threads:
        thread.start()
    before = stack.pids()
    try:
        told = stack.run("restart", "orders")
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert "Restarted: orders, orders-2." in told
    assert changed(stack, before) == {"orders", "orders-2"}
    assert len(answers) > 20
    assert [answer for answer in answers if not isinstance(answer, int) or answer >= 500] == []


def test_unknown_name_is_refused(stack):
    told = stack.run("restart", "shipping", fails=True)
    assert "There is no service 'shipping' here. There are: catalog, error_page, identity, orders, pages" in told


def test_five_kills_are_logged_and_shown_by_status(stack):
    for _ in range(5):
        pid = stack.pid("payments")
        os.kill(pid, signal.SIGKILL)
        wait_until(partial(is_back, stack, "payments", pid), 90)
    line = re.compile(r"\S+ payments was ended by SIGKILL .* after [\d.]+ s; restart \d+ in [\d.]+ s")
    log = (stack.state / "logs" / "supervisor.log").read_text().splitlines()
    assert len([each for each in log if line.fullmatch(each)]) == 5
    assert (stack.state / "logs" / "payments.log").read_text().count("payments was ended by SIGKILL") == 5
    assert re.search(r"payments was ended by SIGKILL .* ago; 5 restarts so far", stack.run("status"))


def is_back(stack: Stack, name: str, pid: int) -> bool:
    return stack.is_well(name) and stack.pid(name) not in {pid, None}


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGHUP])
def test_dev_reloads_code_and_ends_with_ctrl_c_or_its_terminal(stack, end):
    log = stack.state / "logs" / "catalog.log"
    command = stack.start("dev", "catalog")
    assert command.stdout is not None
    said = ""
    try:
        while "are watched" not in said:
            line = command.stdout.readline()
            assert line, said
            said += line
        seen = len(log.read_text())
        os.utime(ROOT / "services" / "catalog" / "metrics.py")
        wait_until(lambda: "catalog runs the new code" in log.read_text()[seen:], 60)
        # It listens then, and answers 503 until it has its database.
        wait_until(lambda: stack.get("/api/v1/products").status_code == 200, 60)
    finally:
        command.send_signal(end)
        _, err = command.communicate(timeout=120)
    assert command.returncode == 0, err
    assert not in_development(stack)
    assert stack.is_well("catalog")


def in_development(stack: Stack) -> bool:
    return any("mercat.stack.dev_server" in argument for argument in arguments(stack))


def arguments(stack: Stack) -> list[str]:
    found: list[str] = []
    for process in stack.processes():
        with suppress(psutil.NoSuchProcess):
            found += process.cmdline()
    return found


def sign_in(stack: Stack, password: str) -> int:
    address = f"http://localhost:{stack.installation.port('http')}/api/v1/sessions"
    return httpx.post(address, json={"email": EMAIL, "password": password}, timeout=60).status_code


def test_every_laptop_command_of_the_runbooks_ends_well_and_says_something(stack, tmp_path):
    ended = list(runbooks.run(stack.env, tmp_path))
    assert len(ended) > 150
    assert [each for each in ended if each.status != 0 or not each.text] == []
    for command, page in runbooks.commands().items():
        if reason := runbooks.left_out(command):
            print(f"{page}, not run: {command}: {reason}")


def test_the_words_of_a_cluster_ask_a_service_as_a_pod_would(stack):
    assert runbooks.in_a_pod(stack.installation, "sql orders 'select 6 * 7 as answer'") == "('answer', 42)\n"
    assert "read-only transaction" in runbooks.in_a_pod(stack.installation, "sql orders 'delete from carts' 2>&1")
    assert "process_start_time" in runbooks.in_a_pod(stack.installation, "metrics orders process_start")


def test_administrator_is_created_and_gets_another_password(stack):
    first = stack.run("admin", "create", "--email", EMAIL).rsplit(maxsplit=1)[1]
    assert sign_in(stack, first) == 201
    again = stack.run("admin", "create", "--email", EMAIL)
    assert "its password is the one it had" in again
    assert "shown this once" not in again
    assert sign_in(stack, first) == 201
    printed = shlex.split(again.rstrip().rpartition(": ")[2])
    assert printed[-1] == EMAIL
    second = stack.run(*printed[-4:]).rsplit(maxsplit=1)[1]
    assert (sign_in(stack, first), sign_in(stack, second)) == (401, 201)


EXPORT = """Handle,Title,Body (HTML),Vendor,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Qty,Variant Price
ring,A ring,<p>Gold</p>,Ada,Size,S,RING-S,3,19.90
ring,,,,,M,RING-M,4,nonsense
"""


def test_a_shops_export_can_be_imported_twice(stack, tmp_path):
    file = tmp_path / "my export.csv"
    file.write_text(EXPORT)
    told = stack.run("import", str(file), "--currency", "EUR", stopped=True)  # 1, for the refused row
    assert "row 3" in told
    assert "The import is done" in told
    assert stack.get("/api/v1/products/ring").json()["title"] == "A ring"
    file.write_text(EXPORT.replace("nonsense", "20"))
    assert "currency" in stack.run("import", str(file))
    file.write_text("nothing,of,a,shop\n")
    assert "my export.csv" in stack.run("import", str(file), fails=True)


def test_restored_backup_has_all_data(stack, tmp_path):
    password = stack.run("admin", "reset-password", "--email", EMAIL).rsplit(maxsplit=1)[1]
    products = stack.get("/api/v1/products").json()
    file = tmp_path / "kept for good.tar.gz"
    told = stack.run("backup", str(file))
    assert "keys, passwords" in told
    assert file.stat().st_mode & 0o077 == 0
    assert stack.get("/api/v1/products").json() == products  # it runs again
    assert "The store runs. Stop it first" in stack.run("restore", str(file), fails=True)
    stack.run("admin", "reset-password", "--email", EMAIL)
    stack.run("reset", "--yes")
    assert not (stack.state / "postgres").exists()
    stack.run(*shlex.split(told.rstrip().rpartition(": ")[2])[-2:])
    stack.run("up", "--replicas", "2")
    assert stack.get("/api/v1/products").json() == products
    assert sign_in(stack, password) == 201
    assert Path(stack.installation.before_restore).is_dir()


def test_every_line_of_the_services_has_fields_of_the_list_each_of_its_type(stack):
    """Elasticsearch's mapping is made of this list, and strict (deploy/observability/logs)."""
    listed = json.loads((ROOT / "deploy/charts/logs/files/fields.json").read_text())["types"]
    wrong, seen = [], 0
    for spec in services.discover(ROOT):
        for log in stack.installation.logs.glob(f"{spec.name}*.log"):
            for line in filter(lambda each: each.startswith("{"), log.read_text().splitlines()):
                seen += 1
                for name, value in json.loads(line).items():
                    number = isinstance(value, (int, float)) and not isinstance(value, bool)
                    if name not in listed or (listed[name] in {"long", "double"} and not number and value is not None):
                        wrong.append((log.name, name, value))
    assert seen > 4
    assert wrong == []
