from __future__ import annotations

import json
import stat
from dataclasses import replace

import pytest

from mercat import edge, environment, services
from mercat.refusal import Refusal
from mercat.tests.conftest import add_service


@pytest.fixture
def specs(store):
    add_service(store, "catalog", 8002, routes="/api/v1/products, /api/v1/media")
    return services.discover(store.root)


def test_a_route_takes_itself_and_what_is_below_and_no_neighbour(store, specs):
    rule = edge.dynamic(store, specs)["http"]["routers"]["catalog"]["rule"]
    assert "Path(`/api/v1/products`) || PathPrefix(`/api/v1/products/`)" in rule


def test_only_reads_are_tried_again(store, specs):
    http = edge.dynamic(store, specs)["http"]
    retrying = [name for name, middleware in http["middlewares"].items() if "retry" in middleware]
    for name, router in http["routers"].items():
        if set(retrying) & set(router["middlewares"]):
            assert name.endswith("-read"), name
            assert router["rule"].endswith("(Method(`GET`) || Method(`HEAD`))")


def test_every_replica_is_asked_whether_it_is_ready(store, specs):
    balancer = edge.dynamic(replace(store, replicas=2), specs)["http"]["services"]["catalog-replicas"]["loadBalancer"]
    assert balancer["servers"] == [{"url": "http://127.0.0.1:8002"}, {"url": "http://127.0.0.1:8012"}]
    assert balancer["healthCheck"]["path"] == "/health/ready"


def test_everything_listens_on_loopback(store):
    for entry in edge.static(store)["entryPoints"].values():
        assert entry["address"].startswith(("127.0.0.1:", "[::1]:"))


def test_there_is_no_dashboard_and_no_call_home(store):
    static = edge.static(store)
    assert "api" not in static
    assert "accessLog" not in static
    assert static["global"] == {"checkNewVersion": False, "sendAnonymousUsage": False}


def test_hsts_stays_where_the_address_is_a_real_one(store, specs):
    def taken_away(one):
        quiet = edge.dynamic(one, specs)["http"]["middlewares"]["quiet"]
        return quiet["headers"]["customResponseHeaders"]

    assert "Strict-Transport-Security" in taken_away(store)
    real = replace(store, person={"PUBLIC_URL": "https://shop.example"})
    assert "Strict-Transport-Security" not in taken_away(real)


def test_both_files_are_written_whole_and_closed_to_others(store, specs):
    edge.write(store, specs)
    for name in ("traefik.yml", "routes.yml"):
        path = store.run / name
        assert json.loads(path.read_text())
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_traefik_on_the_path_serves_where_there_is_no_wheel(store, tmp_path, monkeypatch):
    monkeypatch.setattr(environment, "binary", lambda name: tmp_path / name)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    with pytest.raises(Refusal, match="make up"):
        edge.command(store)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "traefik").touch(mode=0o755)
    assert edge.command(store)[0] == str(tmp_path / "bin" / "traefik")


def test_nothing_of_this_machine_is_routed_under_the_public_name(store, specs):
    routers = edge.dynamic(replace(store, person={"PUBLIC_URL": "https://shop.example"}), specs)["http"]["routers"]
    public = {name: router for name, router in routers.items() if "shop.example" in router["rule"]}
    for name in ("", "-read", "-streamed"):
        rule = public.pop(f"catalog-public{name}")["rule"]
        assert rule.startswith("Host(`shop.example`) && Header(`X-Forwarded-Proto`, `https`)")
    for name in ("", "-streamed"):
        rule = public.pop(f"portal-public{name}")["rule"]
        assert rule.startswith("Host(`shop.example`) && Header(`X-Forwarded-Proto`, `https`) && !(")
        assert ("unreadable" in routers[f"portal-public{name}"]["middlewares"]) is (name == "-streamed")
    assert list(public) == ["plain-public"]
    assert public["plain-public"]["middlewares"][-1] == "to_https"
    for tool in ("/mail", "/docs", "/about", "/_portal"):
        assert f"PathPrefix(`{tool}/`)" in routers["portal-public"]["rule"].partition("!(")[2]
    assert not [name for name in edge.dynamic(store, specs)["http"]["routers"] if "public" in name]


@pytest.mark.parametrize(
    "url", ["http://shop.example", "http://192.168.1.9:8080", "https://", "shop.example", "https://a`b"]
)
def test_a_public_name_without_https_is_refused(store, specs, url):
    with pytest.raises(Refusal, match=r"Set the https:// address"):
        edge.dynamic(replace(store, person={"PUBLIC_URL": url}), specs)


def test_what_services_alone_may_say_is_not_taken_from_outside(store, specs):
    http = edge.dynamic(store, specs)["http"]
    assert http["middlewares"]["quiet"]["headers"]["customRequestHeaders"] == {"X-Deadline": "", "X-Request-Id": ""}
    assert all("quiet" in router["middlewares"] for router in http["routers"].values())
