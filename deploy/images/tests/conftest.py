from __future__ import annotations

import asyncio
import json

import pytest

from chassis.testing.skipping import skip_without
from chassis.testing.waiting import wait_until
from deploy.charts import helm
from deploy.drills import container, engine, rendered
from deploy.drills import store as stores
from mercat.config import services

SOURCE = "https://example.test/mercat"


@pytest.fixture(scope="session")
def tree():
    if (reason := engine.missing()) is not None:
        skip_without("an engine for containers", reason)
    return engine.working_tree()


@pytest.fixture(scope="session")
def services_image(tree):
    return engine.build("localhost/mercat/services:test", revision=tree, SOURCE=SOURCE)


@pytest.fixture(scope="session")
def store(services_image, tmp_path_factory):
    with stores.running(tmp_path_factory.mktemp("store")) as found:
        yield found


@pytest.fixture(params=[spec.name for spec in services.discover(helm.ROOT)])
def service(request, store, services_image, tmp_path):
    """Each service in turn: migrated and run by the image as Helm renders it, ready."""
    spec = next(each for each in store.specs if each.name == request.param)
    objects = rendered.objects(spec.name, store.environment)
    mount = f"--volume={store.sockets}:{rendered.SOCKETS}"
    if spec.database:
        asyncio.run(stores.make_database(store, spec))
        job = rendered.pod(objects, "Job", f"{spec.name}-migration")
        flags = [
            *rendered.flags(objects, job, tmp_path / "job"),
            mount,
            f"--entrypoint={json.dumps(job['containers'][0]['command'])}",
        ]
        done = engine.run("podman", "run", "--rm", "--network=none", "--pull=never", *flags, services_image)
        assert "migrations applied" in done
    pod = rendered.pod(objects, "Deployment", spec.name)
    flags = [*rendered.flags(objects, pod, tmp_path / "pod"), mount]
    with container.running(services_image, flags, pod["containers"][0]["args"]) as made:
        wait_until(lambda: made.status("/health/ready") == 200, what=made.name)
        yield spec, pod, made
    if spec.database:
        asyncio.run(stores.drop_database(store, spec))
