from __future__ import annotations

import signal
from dataclasses import replace

import pytest

from mercat.config import services, source_changes
from mercat.installation import CommandError
from mercat.stack import definitions as builders
from mercat.stack import desired_state
from mercat.tests.conftest import ROOT, add_service


@pytest.fixture
def project(installation):
    """The store with two services and the rest of this project's parts."""
    add_service(installation, "catalog", 8002)
    add_service(installation, "orders", 8003)
    (installation.root / "stripe_double").symlink_to(ROOT / "stripe_double")
    return installation


def processes(installation, *, seed=False):
    made = desired_state.build(installation, services.discover(installation.root), seed=seed)
    return {process.name: process for process in made.processes}


def test_all_processes_have_their_ports(project):
    found = processes(project)
    assert {name: process.port for name, process in found.items() if process.port} == {
        "postgres": 15432,
        "valkey": 26379,
        "catalog": 8002,
        "orders": 8003,
        "stripe_double": 8005,
        "portal": 8006,
        "error_page": 8007,
        "traefik": 8080,
    }


def test_dependencies_exist_and_have_no_cycle(project):
    found = processes(project, seed=True)
    settled: set[str] = set()
    while len(settled) < len(found):
        free = {name for name, process in found.items() if set(process.depends_on) <= settled}
        assert free > settled
        settled = free


def test_database_is_initialised_only_for_a_new_store(project):
    assert "initdb" in processes(project)["postgres"].depends_on
    (project.state / "postgres").mkdir()
    (project.state / "postgres" / "PG_VERSION").touch()
    found = processes(project)
    assert "initdb" not in found
    assert found["postgres"].depends_on == ()


def test_services_start_after_migrations_and_traefik_last(project):
    found = processes(project)
    assert found["catalog"].depends_on == ("migrate-catalog",)
    assert found["migrate-catalog"].depends_on == ("roles",)
    assert set(found["traefik"].depends_on) == {"catalog", "orders", "stripe_double", "portal", "error_page"}


def test_each_replica_is_a_process(project):
    found = processes(replace(project, replicas=2))
    assert found["catalog-2"].port == 8012
    assert found["catalog-2"].env == found["catalog"].env
    assert "catalog-2" in found["traefik"].depends_on


def test_layers_stop_from_traefik_to_databases(project):
    found = processes(project)
    assert found["traefik"].layer > found["catalog"].layer > found["postgres"].layer
    assert found["postgres"].stop_signal == signal.SIGINT


def test_the_demo_shop_is_loaded_once(project):
    assert processes(project, seed=True)["seed"].depends_on == ("migrate-catalog",)
    assert "seed" not in processes(project, seed=False)
    project.seeded_marker.touch()
    assert "seed" not in processes(project, seed=True)


def test_after_a_restore_a_service_starts_when_its_task_has_ended(project):
    assert "after-restore-orders" not in processes(project)
    project.restored_marker("orders").parent.mkdir()
    project.restored_marker("orders").write_text("2026-11-28T12:00:00Z")
    found = processes(project)
    assert found["after-restore-orders"].once
    assert found["after-restore-orders"].depends_on == ("migrate-orders",)
    assert "after-restore-orders" in found["orders"].depends_on
    assert found["after-restore-orders"].env["MERCAT_STATE"] == str(project.state)


def test_shop_started_without_seed_stays_empty(project, monkeypatch):
    monkeypatch.setattr(desired_state, "check_free", lambda *_, **__: None)
    desired_state.prepare(project, seed=False)
    assert "seed" not in processes(project, seed=True)


def test_without_catalog_there_is_no_seed_task(installation):
    assert "seed" not in processes(installation, seed=True)


def but(installation, **user_settings):
    return replace(installation, user_settings={**installation.user_settings, **user_settings})


def test_servers_of_the_user_are_not_started(project):
    own = but(
        project,
        DATABASE_URL_CATALOG="postgresql://a@h/c",
        DATABASE_URL_ORDERS="postgresql://a@h/o",
        VALKEY_URL="valkey://h",
        SMTP_URL="smtp://h",
        **{f"STRIPE_{name}": "x" for name in ("SECRET_KEY", "PUBLISHABLE_KEY", "WEBHOOK_SECRET")},
    )
    found = processes(own)
    assert not {"postgres", "initdb", "roles", "valkey", "stripe_double"} & set(found)
    assert found["migrate-catalog"].depends_on == ()
    addresses = builders.addresses(own)
    assert "Stripe itself" in addresses["Payments"]
    assert addresses["Mail"] == "sent by your SMTP_URL"


def test_one_user_database_leaves_the_others_embedded(project):
    found = processes(but(project, DATABASE_URL_CATALOG="postgresql://a@h/c"))
    assert found["roles"].argv[-1:] == ["orders"]
    assert found["migrate-catalog"].depends_on == ()
    assert found["migrate-orders"].depends_on == ("roles",)


def test_a_service_without_a_database_has_no_task_and_waits_for_none(project):
    add_service(project, "pages", 8010, routes="/", reads="catalog", database='""')
    project.restored_marker("pages").parent.mkdir()
    project.restored_marker("pages").touch()
    found = processes(project)
    assert found["pages"].depends_on == ()
    assert not {"migrate-pages", "after-restore-pages"} & set(found)
    assert found["roles"].argv[-2:] == ["catalog", "orders"]
    assert "pages" in found["traefik"].depends_on
    assert project.root / "web" / "storefront" in found["pages"].source_paths


def test_services_without_databases_alone_need_no_postgresql(installation):
    add_service(installation, "pages", 8010, routes="/", database='""')
    found = processes(installation)
    assert not {"postgres", "initdb", "roles"} & set(found)
    assert found["pages"].depends_on == ()


def test_two_processes_on_one_port_are_refused(project):
    add_service(project, "shelf", 8006)
    with pytest.raises(CommandError, match="shelf and portal would both listen on port 8006"):
        processes(project)


def test_no_command_contains_a_secret(project):
    secrets = [path.read_text() for path in project.keys.glob("*.password")]
    found = processes(project)
    secrets += [path.read_text() for path in (*project.keys.glob("*.password"), *project.keys.glob("*.token"))]
    assert secrets
    for process in found.values():
        for secret in secrets:
            assert secret not in " ".join(process.argv)


@pytest.mark.parametrize(("process", "secret"), [("orders", "orders.pem"), ("valkey", "valkey.password")])
def test_a_secret_that_was_made_anew_restarts_what_reads_it(project, process, secret):
    def read():
        found = processes(project)
        desired_state.write_files(project, services.discover(project.root), list(found.values()))
        return source_changes.fingerprint(found[process].source_paths)

    before = read()
    assert read() == before
    (project.keys / secret).unlink()
    assert read() != before


def test_addresses_follow_the_offset(project):
    moved = builders.addresses(replace(project, offset=100))
    assert moved["Store"] == "http://localhost:8180/"
    assert moved["with TLS"] == "https://localhost:8543/"
