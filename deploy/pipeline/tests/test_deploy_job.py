"""The job `deploy` of .github/workflows/deploy.yml under act: a good image arrives, bad ones are taken back."""

from __future__ import annotations

import json
import re

import pytest

from deploy.pipeline.tests.acting import act, repository, shop
from deploy.platform import render as samples
from deploy.release import planned
from deploy.release.environment import Environment
from deploy.release.tests.clusters import NEW, OLD, standing
from deploy.release.tests.figures import prometheus, version, well

# One that does not answer, and one that hurts shoppers only once it runs.
BAD, WORSE = (f"sha256:{digit * 64}" for digit in "98")
ALERT = 'ALERTS{alertname="ErrorBudgetBurn",alertstate="firing",severity="page",slo="cart"} 1'


@pytest.fixture(scope="module", autouse=True)
def _machine(needs_helm: None) -> None:
    """Without helm the test is left out."""


def test_good_image_is_deployed_and_bad_ones_are_taken_back(tmp_path, monkeypatch):
    copy = repository(tmp_path / "repository")
    with standing(tmp_path, monkeypatch) as cluster, prometheus(tmp_path) as figures:

        def met(image: str) -> None:
            if image == WORSE and ALERT not in figures.lines:
                figures.lines.append(ALERT)

        known = {**samples.handover("development"), "cluster_endpoint": cluster.api.url}
        handover = tmp_path / "handover.json"
        handover.write_text(json.dumps(known))
        before = Environment("development", known, digest=OLD)
        cluster.deploy([each for name in ("catalog", "orders") for each in planned.releases(before, name)])
        figures.lines[:] = well(("catalog", version(NEW)), ("catalog", version(WORSE)))
        figures.seen(f'count(mercat_build_info{{version="{version(WORSE)}"}})', 1)
        figures.seen("count(count(slo:budget))", 1)

        with shop(cluster, BAD, met) as url:
            arguments = f"--smoke-seconds 0 --minutes 2 --smoke-url {url} --prometheus {figures.url}"

            def deployed(digest: str, minutes: str = "0.05") -> tuple[int, str]:
                aside = tmp_path / digest[-2:]
                inputs = {"services": '["catalog"]', "digest": digest, "minutes": minutes, "arguments": arguments}
                run = act(copy, aside, handover, **inputs)
                asked = aside / "asked"
                assert asked.exists(), run.said
                assert asked.read_text().startswith("eks update-kubeconfig --name mercat-development\n")
                return run.code, run.said

            code, said = deployed(NEW)
            assert code == 0, said
            assert (cluster.runs("catalog"), cluster.runs("orders")) == (NEW, OLD)
            for told in ("catalog: changed", "✓ the list of products", "the new version is seen", "1 of 1 releases"):
                assert told in said, said

            others = cluster.revisions()["orders"]
            for digest, why in ((BAD, "The smoke test failed: .*answered 502"), (WORSE, "the page .* of cart fires")):
                # Long enough for Prometheus to see the page on a busy machine; the watch ends when it does.
                code, said = deployed(digest, "2")
                assert code != 0, said
                assert "Everything is as it was before." in said, said
                assert re.search(why, said), said
                assert (cluster.runs("catalog"), cluster.runs("orders")) == (NEW, OLD)
                assert cluster.revisions()["orders"] == others
