from __future__ import annotations

import json
import stat
from dataclasses import replace

import pytest

from mercat import keep, services
from mercat.refusal import Refusal
from mercat.tests.conftest import ROOT, add_service


@pytest.fixture
def three(store):
    add_service(store, "identity", 8001)
    add_service(store, "catalog", 8002)
    add_service(store, "orders", 8003, calls="catalog", follows="catalog, identity")
    return services.discover(store.root)


def test_services_are_found_by_their_files(three):
    assert [spec.name for spec in three] == ["catalog", "identity", "orders"]


def test_the_services_of_this_store_fit_together():
    for spec in services.discover(ROOT):
        assert spec.routes


def test_each_replica_has_a_port_of_its_own(store, three):
    wide = replace(store, offset=100, replicas=3)
    assert services.ports(wide, three[0]) == [8102, 8112, 8122]
    assert services.urls(wide, three)["catalog"][2] == "http://127.0.0.1:8122"
    assert [services.replica_name("catalog", number) for number in range(3)] == ["catalog", "catalog-2", "catalog-3"]


def test_only_those_who_name_a_service_may_do_anything_there(three):
    assert services.permissions(three, "catalog") == {"orders": ["call", "feed"]}
    assert services.permissions(three, "identity") == {"orders": ["feed"]}
    assert services.permissions(three, "orders") == {}


def test_the_callers_file_holds_the_public_keys_of_those_alone(store, three):
    services.write_callers(store, three)
    path = services.callers_file(store, "catalog")
    callers = json.loads(path.read_text())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert callers == {"orders": {"key": keep.public_jwk(keep.signing_key(store, "orders")), "may": ["call", "feed"]}}
    assert set(callers["orders"]["key"]) == {"kty", "crv", "x", "y"}
    assert json.loads(services.callers_file(store, "orders").read_text()) == {}


def test_keys_stay_the_same_over_starts(store, three):
    services.write_callers(store, three)
    before = services.callers_file(store, "catalog").read_text()
    services.write_callers(store, three)
    assert services.callers_file(store, "catalog").read_text() == before


def test_a_wrong_file_is_named(store):
    add_service(store, "catalog", 8002)
    path = store.root / "services" / "catalog" / "service.yaml"
    path.write_text(path.read_text().replace("port: 8002", "port: a lot"))
    with pytest.raises(Refusal, match=r"services/catalog/service\.yaml cannot be used.*port"):
        services.discover(store.root)


def test_a_file_that_is_no_yaml_is_named(store):
    add_service(store, "catalog", 8002)
    (store.root / "services" / "catalog" / "service.yaml").write_text("name: [")
    with pytest.raises(Refusal, match=r"services/catalog/service\.yaml"):
        services.discover(store.root)


def test_a_service_is_named_as_its_folder(store):
    add_service(store, "catalog", 8002)
    (store.root / "services" / "catalog").rename(store.root / "services" / "shelf")
    with pytest.raises(Refusal, match="'catalog', not its folder"):
        services.discover(store.root)


def test_two_services_cannot_have_one_port(store):
    add_service(store, "one", 8001)
    add_service(store, "two", 8001)
    with pytest.raises(Refusal, match="one and two both claim the port 8001"):
        services.discover(store.root)


def test_two_services_cannot_have_one_route(store):
    add_service(store, "one", 8001, routes="/api/v1/a, /api/v1/b")
    add_service(store, "two", 8002, routes="/api/v1/b")
    with pytest.raises(Refusal, match="both claim the route /api/v1/b"):
        services.discover(store.root)
