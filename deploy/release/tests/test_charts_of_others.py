"""Charts from a repository: their definitions are applied by a step of their own, at every version."""

from __future__ import annotations

import json
import subprocess
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from deploy.charts import helm
from deploy.charts.release import Release
from deploy.kubernetes_double.tests.objects import config, definition
from deploy.release.tests.clusters import standing


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def repository(tmp_path):
    """The address of a repository with one chart in two versions; the newer one defines another version of its kind."""
    for version, defined in (("1.0.0", ["v1alpha1"]), ("2.0.0", ["v1alpha1", "v1"])):
        chart = tmp_path / version / "things"
        (chart / "crds").mkdir(parents=True)
        (chart / "templates").mkdir()
        (chart / "Chart.yaml").write_text(f"apiVersion: v2\nname: things\nversion: {version}\n")
        crd = definition("things.example/v1", "Thing")
        crd["spec"]["versions"] = [{"name": name} for name in defined]
        (chart / "crds" / "things.yaml").write_text(json.dumps(crd))
        (chart / "templates" / "map.yaml").write_text(json.dumps(config("things", version=version)))
        subprocess.run(
            [str(helm.program()), "package", chart, "-d", tmp_path / "served"], check=True, capture_output=True
        )
    subprocess.run([str(helm.program()), "repo", "index", tmp_path / "served"], check=True)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path / "served"))) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_definitions_of_a_newer_chart_replace_the_old_ones(repository, tmp_path, monkeypatch):
    for name in ("HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    with standing(tmp_path, monkeypatch) as made:
        for version, served in (("1.0.0", {"v1alpha1"}), ("2.0.0", {"v1", "v1alpha1"})):
            [change] = made.deploy([Release("things", repository, "kube-system", 10, version)])
            assert change.release.version == version
            spec = made.api.find("CustomResourceDefinition", "things.things.example")["spec"]
            assert {each["name"] for each in spec["versions"]} == served
        assert made.deploy([Release("things", repository, "kube-system", 10, "2.0.0")]) == []
        assert made.api.find("ConfigMap", "things", "kube-system")["data"] == {"version": "2.0.0"}
