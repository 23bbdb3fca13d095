"""The scripts of the chart's Jobs, run against a small double: all is put once, again and after an end anywhere."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from chassis.testing.skipping import skip_without
from deploy.observability.logs.tests.checks import sent
from deploy.observability.logs.tests.double import Double, double
from deploy.observability.logs.tests.running import FILES


@pytest.fixture
def elasticsearch() -> Iterator[Double]:
    if shutil.which("curl") is None:
        skip_without("curl", "there is none on the PATH")
    with double() as found:
        yield found


@pytest.fixture
def run(elasticsearch: Double, tmp_path: Path):
    (tmp_path / "password").write_text("secret")
    folder = shutil.copytree(FILES, tmp_path / "files")

    def script(name: str, *words: str, password: str = "secret") -> subprocess.CompletedProcess[str]:
        (tmp_path / "password").write_text(password)
        environment = {
            "PATH": os.environ["PATH"],
            "TMPDIR": str(tmp_path),
            "ELASTICSEARCH_URL": elasticsearch.url,
            "ELASTICSEARCH_CA": "",
            "KIBANA_URL": elasticsearch.url,
            "KIBANA_CA": "",
            "ELASTIC_USER": "elastic",
            "ELASTIC_PASSWORD_FILE": str(tmp_path / "password"),
            "RETRIES": "0",
        }
        command = ["sh", str(folder / name), str(folder), *words]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    return script


def test_all_is_put_and_may_be_put_again(elasticsearch: Double, run):
    for _ in range(2):
        done = run("setup.sh")
        assert done.returncode == 0, done.stderr
        assert "Done: 29 requests" in done.stdout
    kept = {path: body or {} for path, body in elasticsearch.kept.items() if path != "kibana"}
    assert kept == sent()
    assert len(elasticsearch.kept["kibana"]) == 16


def test_a_run_that_ended_half_way_is_made_whole_by_the_next(elasticsearch: Double, run):
    elasticsearch.away["_slm/policy/mercat-app"] = 1
    first = run("setup.sh")
    assert first.returncode == 1
    assert "REFUSED with 503: PUT _slm/policy/mercat-app" in first.stderr
    assert run("setup.sh").returncode == 0
    assert elasticsearch.kept.keys() - {"kibana"} == sent().keys()


@pytest.mark.parametrize("path", ["_data_stream/logs-mercat.app-${environment}", "_component_template/mercat-fields"])
def test_what_is_refused_ends_the_script_and_is_told(elasticsearch: Double, run, path: str):
    elasticsearch.refused = path
    done = run("setup.sh")
    assert done.returncode == 1
    assert "mapper_parsing_exception" in done.stderr
    assert "kibana" not in elasticsearch.kept


def test_the_password_is_no_word_of_a_command_and_a_wrong_one_is_told(elasticsearch: Double, run, tmp_path: Path):
    done = run("setup.sh", password="wrong")
    assert "REFUSED with 401" in done.stderr
    assert "secret" not in (FILES / "setup.sh").read_text() + (FILES / "curl.sh").read_text()
    assert not list(tmp_path.glob("tmp.*"))


def test_a_day_is_restored_from_the_first_snapshot_after_it(elasticsearch: Double, run):
    elasticsearch.snapshots = ["mercat-app-2026.11.13-abc"]
    done = run("restore.sh", "app", "2026-11-12", "production")
    assert done.returncode == 0, done.stderr
    (path,) = elasticsearch.kept
    assert path == "_snapshot/mercat-app/mercat-app-2026.11.13-abc/_restore?wait_for_completion=true"
    body = elasticsearch.kept[path]
    assert body["indices"] == ".ds-logs-mercat.app-production-2026.11.12-*"
    assert body["rename_replacement"] == "restored-$1"
    assert body["index_settings"]["index.lifecycle.name"] == "mercat-restored"
    # Midnight after that day, in UTC.
    assert "from_sort_value=1794528000000&" in elasticsearch.asked[0]


def test_a_day_that_is_not_in_the_archive_is_told(elasticsearch: Double, run):
    done = run("restore.sh", "audit", "2026-11-12", "production")
    assert done.returncode == 1
    assert "NO SNAPSHOT after 2026-11-12" in done.stderr
    assert elasticsearch.asked[0].startswith("GET _snapshot/mercat-audit/_all")
