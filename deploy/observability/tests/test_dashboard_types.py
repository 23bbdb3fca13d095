"""The dashboards have Grafana's own types: npm's @grafana/schema, under tsc. Planted mistakes are found."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from chassis.testing.skipping import skip_without
from deploy.observability.dashboards.grafana import compiled

TYPES = Path(__file__).parent / "dashboard_types"
MISTAKES = {
    "a key that there is not": ('"description":', '"descripton":'),
    "a width that is a text": ('"w":8', '"w":"8"'),
    "an unknown kind of panel": ('"type":"timeseries"', '"type":"timeserie"'),
    "a colour mode that there is not": ('"mode":"thresholds"', '"mode":"threshold"'),
    "an option of no panel": ('"displayMode":"list"', '"displayMod":"list"'),
    "a query without an expression": ('"expr":', '"query":'),
    "an unknown kind of variable": ('"type":"datasource"', '"type":"source"'),
    "a mode of thresholds that there is not": ('"mode":"absolute"', '"mode":"relative"'),
}


@pytest.fixture(scope="module")
def types(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the types and tsc."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        skip_without("node", "there is no node or no npm on the PATH")
    folder = tmp_path_factory.mktemp("types")
    shutil.copytree(TYPES, folder, dirs_exist_ok=True)
    install = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]
    installed = subprocess.run(install, cwd=folder, capture_output=True, text=True, check=False, timeout=180)
    if installed.returncode != 0:
        skip_without("npm's registry", installed.stderr.strip()[-500:])
    return folder


def test_dashboards_have_grafanas_types_and_planted_mistakes_do_not(types: Path):
    texts = compiled()
    for name, (right, wrong) in MISTAKES.items():
        assert right in texts["shop.json"], name
        texts[name] = texts["shop.json"].replace(right, wrong, 1)
    for number, text in enumerate(texts.values()):
        page = f"import type {{ Page }} from './types'\nexport const page: Page = {text}"
        (types / f"page{number}.ts").write_text(page, encoding="utf-8")
    tsc = ["node", "node_modules/typescript/bin/tsc", "-p", "."]
    done = subprocess.run(tsc, cwd=types, capture_output=True, text=True, check=False, timeout=180)
    wrong_pages = {int(number) for number in re.findall(r"^page(\d+)\.ts\(", done.stdout, re.MULTILINE)}
    found = {name for number, name in enumerate(texts) if number in wrong_pages}
    assert found == set(MISTAKES), done.stdout[:3000]


def test_the_lock_names_no_registry():
    assert "resolved" not in (TYPES / "package-lock.json").read_text(encoding="utf-8")
    assert json.loads((TYPES / "package.json").read_text(encoding="utf-8"))["private"]
