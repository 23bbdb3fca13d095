"""The dashboards are as their pages say, and each panel tells its reader what it shows and where to go on."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.observability.dashboards.__main__ import write
from deploy.observability.dashboards.grafana import FOLDER, ROOT, compiled

UNITS = set("short none percent percentunit s ms d bytes Bps reqps ops iops currencyUSD suffix:/min".split()) | {
    "suffix: cores",
    "suffix: minor units",
}
PAGES = {name.removesuffix(".json"): json.loads(text) for name, text in compiled().items()}
PANELS = [(name, panel) for name, page in PAGES.items() for panel in page["panels"] if panel["type"] != "row"]


def links(page: dict[str, Any]) -> Iterator[str]:
    """The addresses that a dashboard and its panels lead to."""
    for holder in [page, *page["panels"]]:
        yield from (link["url"] for link in holder.get("links", []) if link["type"] == "link")


def test_the_files_are_what_the_pages_compile_to():
    written = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.json")}
    assert written == compiled(), "run python -m deploy.observability.dashboards"


def test_what_is_written_is_the_dashboards_alone(tmp_path: Path):
    (tmp_path / "gone.json").write_text("{}", encoding="utf-8")
    write(tmp_path)
    assert {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()} == compiled()


def test_each_panel_has_a_title_a_unit_and_says_what_is_normal():
    for name, panel in PANELS:
        where = f"{name}: {panel['title']}"
        assert panel["fieldConfig"]["defaults"]["unit"] in UNITS, where
        assert "ormal" in panel["description"], where
        assert panel["targets"], where
        steps = [step["value"] for step in panel["fieldConfig"]["defaults"]["thresholds"]["steps"]]
        assert steps[0] is None, where
        assert steps[1:] == sorted(steps[1:]), where


def test_names_are_unique_and_places_do_not_overlap():
    assert len({page["uid"] for page in PAGES.values()}) == len(PAGES)
    for name, page in PAGES.items():
        titles = [panel["title"] for panel in page["panels"] if panel["type"] != "row"]
        assert len(set(titles)) == len(titles), name
        taken: set[tuple[int, int]] = set()
        for panel in page["panels"]:
            at = panel["gridPos"]
            cells = {(at["x"] + x, at["y"] + y) for x in range(at["w"]) for y in range(at["h"])}
            assert not taken & cells, f"{name}: {panel['title']}"
            assert at["x"] + at["w"] <= 24, f"{name}: {panel['title']}"
            taken |= cells


def test_links_lead_to_dashboards_and_runbooks_that_there_are():
    uids = {page["uid"] for page in PAGES.values()}
    for name, page in PAGES.items():
        for url in links(page):
            if url.startswith("/d/"):
                assert url.removeprefix("/d/") in uids, f"{name}: {url}"
            else:
                runbook = re.fullmatch(r"\$\{runbooks\}/(\w+\.md)", url)
                assert runbook, f"{name}: {url}"
                assert (ROOT / "docs" / "runbooks" / runbook[1]).is_file(), f"{name}: {url}"


def test_dashboards_that_alerts_lead_to_are_there():
    uids = {page["uid"] for page in PAGES.values()}
    for path in sorted((ROOT / "deploy" / "observability" / "rules").glob("*.yaml")):
        for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]:
            for rule in group["rules"]:
                address = rule.get("annotations", {}).get("dashboard", "/d/mercat-slo").partition("?")[0]
                if "{{" not in address:
                    assert address.removeprefix("/d/") in uids, rule["alert"]


def test_a_service_that_is_added_gets_its_dashboard(tmp_path: Path):
    shutil.copytree(ROOT / "services" / "orders", tmp_path / "services" / "orders")
    added = tmp_path / "services" / "wishes"
    added.mkdir()
    spec = yaml.safe_load((ROOT / "services" / "orders" / "service.yaml").read_text(encoding="utf-8"))
    spec |= {"name": "wishes", "follows": [], "slo": {"availability": 99.9, "p99": "250ms"}}
    (added / "service.yaml").write_text(yaml.safe_dump(spec), encoding="utf-8")
    made = compiled(tmp_path)
    assert {name for name in made if name.startswith("service-")} == {"service-orders.json", "service-wishes.json"}
    page = json.loads(made["service-wishes.json"])
    panels = {panel["title"]: panel for panel in page["panels"]}
    assert page["uid"] == "mercat-service-wishes"
    assert "orders" not in json.dumps(panels["Requests by route"]["targets"])
    assert 'service=\\"wishes\\"' in json.dumps(panels["Requests by route"]["targets"])
    assert panels["Time to answer"]["fieldConfig"]["defaults"]["thresholds"]["steps"][1]["value"] == 0.25
    assert panels["Errors by route"]["fieldConfig"]["defaults"]["thresholds"]["steps"][1]["value"] == 0.001
    assert "Calls to other services" in panels
    assert "Lag behind other services" not in panels


@pytest.mark.parametrize("kind", ["Deploys", "Alerts"])
def test_each_dashboard_is_annotated_by_deploys_and_alerts(kind: str):
    for name, page in PAGES.items():
        assert kind in [annotation["name"] for annotation in page["annotations"]["list"]], name
        variables = [variable["name"] for variable in page["templating"]["list"]]
        assert variables[:3] == ["datasource", "runbooks", "environment"], name
