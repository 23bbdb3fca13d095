from __future__ import annotations

import json
import stat
from dataclasses import replace

import pytest

from mercat.config import services
from mercat.installation import CommandError, secrets
from mercat.tests.conftest import ROOT, add_service


@pytest.fixture
def three(installation):
    add_service(installation, "identity", 8001)
    add_service(installation, "catalog", 8002)
    add_service(installation, "orders", 8003, calls="catalog", follows="catalog, identity")
    return services.discover(installation.root)


def test_services_are_found_by_service_yaml(three):
    assert [spec.name for spec in three] == ["catalog", "identity", "orders"]


def test_services_of_this_project_are_valid_together():
    for spec in services.discover(ROOT):
        assert spec.routes


def test_each_replica_has_its_own_port(installation, three):
    wide = replace(installation, offset=100, replicas=3)
    assert services.ports(wide, three[0]) == [8102, 8112, 8122]
    assert services.urls(wide, three)["catalog"][2] == "http://127.0.0.1:8122"
    assert [services.replica_name("catalog", number) for number in range(3)] == ["catalog", "catalog-2", "catalog-3"]


def test_only_declared_callers_have_rights(three):
    assert services.permissions(three, "catalog") == {"orders": ["call", "feed"]}
    assert services.permissions(three, "identity") == {"orders": ["feed"]}
    assert services.permissions(three, "orders") == {}


def test_who_only_reads_has_no_right(installation):
    add_service(installation, "catalog", 8001)
    add_service(installation, "pages", 8002, reads="catalog")
    assert services.permissions(services.discover(installation.root), "catalog") == {}


def test_callers_file_has_the_public_keys_of_declared_callers(installation, three):
    services.write_callers(installation, three)
    path = services.callers_file(installation, "catalog")
    callers = json.loads(path.read_text())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert callers == {
        "orders": {"key": secrets.public_jwk(secrets.signing_key(installation, "orders")), "may": ["call", "feed"]}
    }
    assert set(callers["orders"]["key"]) == {"kty", "crv", "x", "y"}
    assert json.loads(services.callers_file(installation, "orders").read_text()) == {}


def test_keys_are_the_same_after_a_restart(installation, three):
    services.write_callers(installation, three)
    before = services.callers_file(installation, "catalog").read_text()
    services.write_callers(installation, three)
    assert services.callers_file(installation, "catalog").read_text() == before


def test_invalid_service_yaml_is_named(installation):
    add_service(installation, "catalog", 8002)
    path = installation.root / "services" / "catalog" / "service.yaml"
    path.write_text(path.read_text().replace("port: 8002", "port: a lot"))
    with pytest.raises(CommandError, match=r"services/catalog/service\.yaml cannot be used.*port"):
        services.discover(installation.root)


def test_malformed_yaml_is_named(installation):
    add_service(installation, "catalog", 8002)
    (installation.root / "services" / "catalog" / "service.yaml").write_text("name: [")
    with pytest.raises(CommandError, match=r"services/catalog/service\.yaml"):
        services.discover(installation.root)


def test_service_name_must_be_that_of_its_folder(installation):
    add_service(installation, "catalog", 8002)
    (installation.root / "services" / "catalog").rename(installation.root / "services" / "shelf")
    with pytest.raises(CommandError, match="'catalog', not its folder"):
        services.discover(installation.root)


def test_two_services_cannot_have_one_port(installation):
    add_service(installation, "one", 8001)
    add_service(installation, "two", 8001)
    with pytest.raises(CommandError, match="one and two both claim the port 8001"):
        services.discover(installation.root)


def test_two_services_may_have_no_database_and_not_the_same(installation):
    add_service(installation, "one", 8001, database='""')
    add_service(installation, "two", 8002, database='""')
    add_service(installation, "three", 8003, database="shared")
    found = services.discover(installation.root)
    assert [spec.name for spec in services.with_database(found)] == ["three"]
    add_service(installation, "four", 8004, database="shared")
    with pytest.raises(CommandError, match="four and three both claim the database shared"):
        services.discover(installation.root)


def test_two_services_cannot_have_one_route(installation):
    add_service(installation, "one", 8001, routes="/api/v1/a, /api/v1/b")
    add_service(installation, "two", 8002, routes="/api/v1/b")
    with pytest.raises(CommandError, match="both claim the route /api/v1/b"):
        services.discover(installation.root)
