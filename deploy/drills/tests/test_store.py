"""The databases of a drill: what the rendered Jobs of migrations ask of them."""

from __future__ import annotations

import asyncpg
import pytest

from deploy.charts import helm
from deploy.drills import rendered
from deploy.drills.store import Store, drop_database, environment_file, make_database
from mercat.config import services

SPECS = services.discover(helm.ROOT)


@pytest.mark.usefixtures("needs_helm")
@pytest.mark.parametrize("spec", services.with_database(SPECS), ids=lambda spec: spec.name)
async def test_database_has_the_roles_that_the_migration_names(spec, bench, tmp_path):
    store = Store(bench.postgres, bench.postgres.sockets, environment_file(tmp_path, SPECS), SPECS)
    objects = rendered.objects(spec.name, store.environment)
    [container] = rendered.pod(objects, "Job", f"{spec.name}-migration")["containers"]
    named = {value for name, value in rendered.variables(objects, container).items() if name.endswith("_ROLE")}
    assert len(named) == 2
    await make_database(store, spec)
    connection = await asyncpg.connect(bench.postgres.url("postgres"))
    try:
        there = await connection.fetchval("select array_agg(rolname::text) from pg_roles")
        assert named <= set(there)
    finally:
        await connection.close()
        await drop_database(store, spec)
