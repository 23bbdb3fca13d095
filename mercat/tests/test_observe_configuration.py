"""What Prometheus and Alertmanager are told: by the real checkers where they are here."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace

import pytest

from chassis.testing.skipping import skip_without
from mercat.config import services
from mercat.installation import CommandError
from mercat.observe import configuration, grafana, programs
from mercat.observe.targets import targets
from mercat.tests.conftest import ROOT, add_service

TOOLS = ROOT / ".venv" / "monitoring"


@pytest.fixture
def project(installation):
    """A store with two services and the rules of this project."""
    add_service(installation, "catalog", 8002)
    add_service(installation, "orders", 8003)
    (installation.root / "deploy").symlink_to(ROOT / "deploy")
    return installation


def with_settings(installation, **settings: str):
    return replace(installation, user_settings={**installation.user_settings, **settings})


def write(installation, *processes: str) -> None:
    configuration.write(installation, services.discover(installation.root), set(processes))


def check(tool: str, *arguments: object) -> None:
    if not (TOOLS / tool).exists():
        skip_without(tool, "run sh tools/install_monitoring_tools.sh")
    done = subprocess.run([TOOLS / tool, *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_replica_is_a_target_with_the_labels_of_a_cluster(project):
    made = replace(project, replicas=2)
    found = targets(made, services.discover(made.root), {"traefik", "books", "seed"})
    by_instance = {each["labels"].pop("instance"): (each["targets"], each["labels"]) for each in found}
    assert by_instance["orders-2"] == (["127.0.0.1:8013"], {"job": "services", "service": "orders"})
    assert {name: labels["job"] for name, (_, labels) in by_instance.items()} == {
        "catalog": "services", "catalog-2": "services", "orders": "services", "orders-2": "services",
        "portal": "mercat", "traefik": "traefik", "books": "books",
    }  # fmt: skip


def test_a_change_of_replicas_changes_the_file_of_targets_alone(project):
    write(project, "traefik")
    here = configuration.folder(project)
    before = {path: path.stat().st_mtime_ns for path in here.rglob("*") if path.is_file()}
    write(replace(project, replicas=2), "traefik")
    changed = {path.name for path, moment in before.items() if path.stat().st_mtime_ns != moment}
    assert changed == {"targets.json"}


@pytest.mark.parametrize(
    "settings", [{}, {"MERCAT_ALERTS_FASTER": "60", "MERCAT_ALERTS_SLACK_URL": "http://127.0.0.1:9/x"}]
)
def test_prometheus_and_alertmanager_accept_the_files(project, settings):
    project = with_settings(project, **settings)
    write(project, "traefik")
    here = configuration.folder(project)
    check("promtool", "check", "config", here / "prometheus.yml")
    check("amtool", "check-config", here / "alertmanager.yml")


def test_rules_that_are_gone_from_the_project_are_removed(project):
    write(project)
    rules = configuration.folder(project) / "rules"
    (rules / "gone.yaml").touch()
    write(project)
    wanted = {path.name for path in configuration.rules_folder(project).glob("*.yaml")}
    assert {path.name for path in rules.iterdir()} == wanted
    assert len(wanted) > 3


def test_programs_listen_on_loopback_and_keep_a_bounded_amount(project):
    for arguments in (configuration.prometheus_arguments(project), configuration.alertmanager_arguments(project)):
        (listen,) = [each for each in arguments if each.startswith("--web.listen-address=")]
        assert listen.partition("=")[2].startswith("127.0.0.1:")
    arguments = configuration.prometheus_arguments(project)
    assert {"--storage.tsdb.retention.time=31d", "--storage.tsdb.retention.size=1GB"} <= set(arguments)
    assert "--cluster.listen-address=" in configuration.alertmanager_arguments(project)


@pytest.mark.parametrize("wrong", ["0", "-1", "1001", "x", "²"])
def test_a_factor_out_of_range_is_refused(project, wrong):
    with pytest.raises(CommandError, match="MERCAT_ALERTS_FASTER"):
        write(with_settings(project, MERCAT_ALERTS_FASTER=wrong))


def test_a_missing_program_is_told_with_what_to_do(installation, tmp_path, monkeypatch):
    monkeypatch.setattr(programs, "_FOLDER", tmp_path / "none")
    lost = programs.missing(with_settings(installation, PATH=str(tmp_path)))
    assert [line.split()[0] for line in lost] == [*programs.NAMES]
    assert all(programs.INSTALL in line for line in lost)
    (tmp_path / "prometheus-alertmanager").touch(mode=0o755)
    found = programs.find(with_settings(installation, PATH=str(tmp_path)), "alertmanager")
    assert found == str(tmp_path / "prometheus-alertmanager")


def test_grafana_is_provisioned_and_its_command_told_where_it_is(project, tmp_path):
    assert grafana.notices(with_settings(project, PATH="")) == []
    program = tmp_path / "bin" / "grafana"
    program.parent.mkdir()
    program.touch(mode=0o755)
    project = with_settings(project, PATH=str(program.parent))
    grafana.write(project)
    (notice,) = grafana.notices(project)
    assert f"{program} server --homepath" in notice
    here = configuration.folder(project) / "grafana" / "provisioning"
    (source,) = json.loads((here / "datasources" / "mercat.yaml").read_text())["datasources"]
    assert source["url"] == "http://127.0.0.1:9091"
    (provider,) = json.loads((here / "dashboards" / "mercat.yaml").read_text())["providers"]
    assert provider["options"]["path"] == str(project.root / "deploy" / "observability" / "dashboards")
