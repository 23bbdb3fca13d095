from __future__ import annotations

import signal
from dataclasses import replace

import pytest

from mercat import plan, seeding, services
from mercat import processes as builders
from mercat.refusal import Refusal
from mercat.tests.conftest import ROOT, add_service


@pytest.fixture
def project(store):
    """The store with two services and the rest of this project's parts."""
    add_service(store, "catalog", 8002)
    add_service(store, "orders", 8003)
    (store.root / "stripe_double").symlink_to(ROOT / "stripe_double")
    return store


def processes(store, *, seed=False):
    made = plan.make(store, services.discover(store.root), seed=seed)
    return {process.name: process for process in made.processes}


def test_every_part_is_in_the_plan_and_has_its_port(project):
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


def test_all_needs_are_in_the_plan_and_go_in_no_circle(project):
    found = processes(project, seed=True)
    settled: set[str] = set()
    while len(settled) < len(found):
        free = {name for name, process in found.items() if set(process.needs) <= settled}
        assert free > settled
        settled = free


def test_a_new_store_makes_its_database_and_an_old_one_does_not(project):
    assert "initdb" in processes(project)["postgres"].needs
    (project.state / "postgres").mkdir()
    (project.state / "postgres" / "PG_VERSION").touch()
    found = processes(project)
    assert "initdb" not in found
    assert found["postgres"].needs == ()


def test_a_service_starts_on_its_tables_and_the_edge_last(project):
    found = processes(project)
    assert found["catalog"].needs == ("migrate-catalog",)
    assert found["migrate-catalog"].needs == ("roles",)
    assert set(found["traefik"].needs) == {"catalog", "orders", "stripe_double", "portal", "error_page"}


def test_replicas_are_processes_of_their_own(project):
    found = processes(replace(project, replicas=2))
    assert found["catalog-2"].port == 8012
    assert found["catalog-2"].env == found["catalog"].env
    assert "catalog-2" in found["traefik"].needs


def test_it_stops_from_the_edge_to_the_data_and_postgresql_fast(project):
    found = processes(project)
    assert found["traefik"].layer > found["catalog"].layer > found["postgres"].layer
    assert found["postgres"].stop_signal == signal.SIGINT


def test_the_demo_shop_is_loaded_once(project):
    assert processes(project, seed=True)["seed"].needs == ("migrate-catalog",)
    assert "seed" not in processes(project, seed=False)
    seeding.marker(project).touch()
    assert "seed" not in processes(project, seed=True)


def test_a_shop_begun_empty_stays_so(project, monkeypatch):
    monkeypatch.setattr(plan, "check_free", lambda *_, **__: None)
    plan.prepare(project, seed=False)
    assert "seed" not in processes(project, seed=True)


def test_without_a_catalog_nothing_is_seeded(store):
    assert "seed" not in processes(store, seed=True)


def but(store, **person):
    return replace(store, person={**store.person, **person})


def test_what_the_person_has_is_not_started(project):
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
    assert found["migrate-catalog"].needs == ()
    addresses = builders.addresses(own)
    assert "Stripe itself" in addresses["Payments"]
    assert addresses["Mail"] == "sent by your SMTP_URL"


def test_one_own_database_leaves_the_others_embedded(project):
    found = processes(but(project, DATABASE_URL_CATALOG="postgresql://a@h/c"))
    assert found["roles"].argv[-1:] == ["orders"]
    assert found["migrate-catalog"].needs == ()
    assert found["migrate-orders"].needs == ("roles",)


def test_two_parts_on_one_port_are_refused(project):
    add_service(project, "shelf", 8006)
    with pytest.raises(Refusal, match="shelf and portal would both listen on port 8006"):
        processes(project)


def test_no_secret_is_in_a_command(project):
    secrets = [path.read_text() for path in project.keys.glob("*.password")]
    found = processes(project)
    secrets += [path.read_text() for path in (*project.keys.glob("*.password"), *project.keys.glob("*.token"))]
    assert secrets
    for process in found.values():
        for secret in secrets:
            assert secret not in " ".join(process.argv)


def test_addresses_follow_the_offset(project):
    moved = builders.addresses(replace(project, offset=100))
    assert moved["Store"] == "http://localhost:8180/"
    assert moved["with TLS"] == "https://localhost:8543/"
