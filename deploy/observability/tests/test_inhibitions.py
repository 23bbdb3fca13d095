"""What is not told twice, by a running Alertmanager."""

import json
import subprocess
import urllib.request

import pytest
import yaml

from chassis.testing.waiting import wait_until
from deploy.observability.rules.objectives import ROOT
from deploy.observability.tests.conftest import program
from deploy.observability.tests.placed import written
from local_servers.ports import free_port


@pytest.fixture
def running(tmp_path):
    """The address of a running Alertmanager that has nobody to tell."""
    path, port = written(tmp_path, channel="", mail_user="", dead_man=False), free_port()
    found = yaml.safe_load(path.read_text())
    found["receivers"] = [{"name": each["name"]} for each in found["receivers"]]
    path.write_text(yaml.safe_dump(found))
    command = [str(program("alertmanager")), f"--config.file={path}", f"--storage.path={tmp_path}/data"]
    command += ["--cluster.listen-address=", f"--web.listen-address=127.0.0.1:{port}"]
    url = f"http://127.0.0.1:{port}"
    with (tmp_path / "log").open("w") as log:
        # In the folder of the project: tools/install_monitoring_tools.sh says why.
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
    try:
        wait_until(lambda: process.poll() is not None or _ready(url), what="Alertmanager")
        assert process.poll() is None, (tmp_path / "log").read_text()
        yield url
    finally:
        process.terminate()
        process.wait(10)


def _ready(url):
    try:
        with urllib.request.urlopen(f"{url}/-/ready", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


# Name of a case: what fires, each with its labels; what of it is told.
CASES = {
    "ticket of what pages": (
        [
            "FeedLag page service=orders producer=payments",
            "FeedLag ticket service=orders producer=payments",
            "FeedLag ticket service=orders producer=identity",
        ],
        {0, 2},
    ),
    "service is down": (
        [
            "TargetDown page job=services service=orders",
            "TargetDown ticket job=services service=orders instance=orders-1",
            "ErrorBudgetBurn page slo=orders service=orders",
            "ErrorBudgetBurn page slo=browse service=catalog",
            "FeedLag page service=catalog producer=orders",
            "Oversold page",
            "OrdersLow page",
            "OrdersUnpaid page",
        ],
        {0, 3, 5},
    ),
    "one process of several is down": (
        [
            "TargetDown ticket job=services service=orders instance=orders-1",
            "ErrorBudgetBurn page slo=orders service=orders",
        ],
        {0, 1},
    ),
    "edge is down": (
        ["TargetDown page job=traefik", "ErrorBudgetBurn page slo=browse service=catalog", "DatabaseDown page"],
        {0, 2},
    ),
    "database is down": (
        [
            "DatabaseDown page instance=postgres",
            "ErrorBudgetBurn page slo=cart service=orders",
            "DatabasePoolWait page service=orders",
            "ChargedTwice page",
        ],
        {0, 3},
    ),
    "provider is not called": (
        ["ProviderBreakerOpen page lane=checkout", "ProviderErrors ticket", "PaymentsUnsettled page"],
        {0, 2},
    ),
    "Valkey is down": (
        ["ValkeyDown ticket", "RefusalsHigh ticket service=catalog limit=reads", "SignInRefusalsHigh page limit=login"],
        {0, 2},
    ),
    "feed is halted": (
        [
            "FeedHalted page service=orders producer=payments",
            "FeedLag page service=orders producer=payments",
            "FeedLag page service=orders producer=identity",
        ],
        {0, 2},
    ),
    "Watchdog beside a page": (["Watchdog ticket", "DatabaseDown page", "TargetDown page job=traefik"], {0, 1, 2}),
}


def test_consequences_are_not_told_beside_their_cause(running):
    alerts = []
    for case, (firing, _) in CASES.items():
        for number, line in enumerate(firing):
            name, severity, *labels = line.split()
            # Each case in an environment of its own.
            alerts.append(
                {
                    "alertname": name,
                    "severity": severity,
                    "environment": case,
                    "number": str(number),
                    **dict(label.split("=") for label in labels),
                }
            )
    body = json.dumps([{"labels": labels} for labels in alerts]).encode()
    request = urllib.request.Request(f"{running}/api/v2/alerts", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status == 200

    def told():
        with urllib.request.urlopen(f"{running}/api/v2/alerts?inhibited=false", timeout=10) as answer:
            found = json.loads(answer.read())
        return {
            (each["labels"]["environment"], int(each["labels"]["number"]))
            for each in found
            if each["status"]["state"] == "active"
        }

    wanted = {(case, number) for case, (_, numbers) in CASES.items() for number in numbers}
    # An inhibition is decided when a notification is due, or when somebody asks.
    wait_until(lambda: told() == wanted, timeout=30, what=f"the alerts that are told ({wanted ^ told()} differ)")
