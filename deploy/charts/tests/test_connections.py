"""No environment's services may open more connections than its database server takes."""

from __future__ import annotations

import pytest

from deploy.charts import connections, helm

ENVIRONMENTS = sorted(path.stem for path in helm.ENVIRONMENTS.glob("*.yaml"))


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_all_connections_fit_in_a_rollout_at_the_most_replicas(environment: str) -> None:
    found = connections.budget(environment)
    assert found.in_rollout <= found.limit
    assert found.at_most <= 0.75 * found.limit  # where the alarm of modules/database rings


def test_the_table_of_the_page_is_that_of_the_files() -> None:
    assert connections.PAGE.read_text(encoding="utf-8") == connections.page()


def test_a_pool_of_ten_does_not_fit_in_a_rollout_of_production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "pool_size", lambda *_: 10)
    found = connections.budget("production")
    assert found.at_most == 128 * 21
    assert found.in_rollout > found.limit


def test_a_setting_of_a_service_goes_before_that_of_all() -> None:
    values = {"settings": {"DATABASE_POOL_SIZE": 5}, "service_settings": {"orders": {"DATABASE_POOL_SIZE": 7}}}
    assert [connections.pool_size(values, name) for name in ("orders", "catalog")] == [7, 5]
    assert connections.pool_size({}, "orders") == 10


@pytest.mark.parametrize(
    ("name", "gib"), [("db.t4g.medium", 4), ("db.m7g.large", 8), ("db.r7g.xlarge", 32), ("db.c7g.4xlarge", 32)]
)
def test_the_limit_of_a_class_follows_from_its_memory(name: str, gib: int) -> None:
    assert connections.of_class(name) == int(gib * 2**30 * 0.9 / 9531392)
    assert connections.of_class("db.r7g.16xlarge") == 5000
