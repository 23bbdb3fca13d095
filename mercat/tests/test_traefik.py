from __future__ import annotations

import json
import stat
from dataclasses import replace

import pytest

from mercat.config import environment, services
from mercat.edge import traefik
from mercat.installation import CommandError
from mercat.tests.conftest import add_service


@pytest.fixture
def specs(installation):
    add_service(installation, "catalog", 8002, routes="/api/v1/products, /api/v1/media")
    add_service(installation, "pages", 8010, routes="/")
    return services.discover(installation.root)


def test_route_matches_itself_and_paths_below(installation, specs):
    rule = traefik.dynamic_configuration(installation, specs)["http"]["routers"]["catalog"]["rule"]
    assert "Path(`/api/v1/products`) || PathPrefix(`/api/v1/products/`)" in rule


def test_only_reads_are_retried(installation, specs):
    http = traefik.dynamic_configuration(installation, specs)["http"]
    retrying = [name for name, middleware in http["middlewares"].items() if "retry" in middleware]
    for name, router in http["routers"].items():
        if set(retrying) & set(router["middlewares"]):
            assert name.endswith("-read"), name
            assert router["rule"].endswith("(Method(`GET`) || Method(`HEAD`))")


def test_retried_read_has_a_small_buffer_for_its_body(installation, specs):
    retry = traefik.dynamic_configuration(installation, specs)["http"]["middlewares"]["retry"]["retry"]
    assert retry["maxRequestBodyBytes"] <= 16_384  # allocated for every read


def test_every_replica_has_a_health_check(installation, specs):
    balancer = traefik.dynamic_configuration(replace(installation, replicas=2), specs)["http"]["services"][
        "catalog-replicas"
    ]["loadBalancer"]
    assert balancer["servers"] == [{"url": "http://127.0.0.1:8002"}, {"url": "http://127.0.0.1:8012"}]
    assert balancer["healthCheck"]["path"] == "/health/ready"


def test_all_entry_points_are_on_loopback(installation):
    for entry in traefik.static_configuration(installation)["entryPoints"].values():
        assert entry["address"].startswith(("127.0.0.1:", "[::1]:"))


def test_dashboard_and_telemetry_are_off(installation):
    static = traefik.static_configuration(installation)
    assert "api" not in static
    assert "accessLog" not in static
    assert static["global"] == {"checkNewVersion": False, "sendAnonymousUsage": False}


def test_hsts_is_removed_for_local_names_only(installation, specs):
    def kept(one):
        """The routers whose answers have it: the last word is that of the first middleware."""
        http = traefik.dynamic_configuration(one, specs)["http"]
        said = {
            name: middleware.get("headers", {}).get("customResponseHeaders", {}).get("Strict-Transport-Security")
            for name, middleware in http["middlewares"].items()
        }
        words = {
            name: next(word for each in router["middlewares"] if (word := said[each]) is not None)
            for name, router in http["routers"].items()
        }
        return {name for name, word in words.items() if word.startswith("max-age=")}

    assert kept(installation) == set()
    real = replace(installation, user_settings={"PUBLIC_URL": "https://shop.example"})
    public = kept(real)
    assert {"catalog-public", "catalog-public-read", "pages-public-rest", "unknown", "escaped_path"} <= public
    assert {"catalog", "catalog-read", "portal"} & public == set()


def test_what_no_route_has_is_asked_for_last(installation, specs):
    routers = traefik.dynamic_configuration(installation, specs)["http"]["routers"]
    asked = {name: router.get("priority", len(router["rule"])) for name, router in routers.items()}
    rest = [asked[f"pages-rest{part}"] for part in ("", "-read", "-streamed")]
    routed = [asked[f"{name}{part}"] for name in ("catalog", "portal") for part in ("", "-read", "-streamed")]
    assert asked["unknown"] < min(rest)
    assert max(rest) < asked["no_page"] < min(routed)


def test_configuration_files_are_private(installation, specs):
    traefik.write_configuration(installation, specs)
    for name in ("traefik.yml", "routes.yml"):
        path = installation.run / name
        assert json.loads(path.read_text())
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_traefik_from_path_is_used_if_none_is_installed(installation, tmp_path, monkeypatch):
    monkeypatch.setattr(environment, "venv_program", lambda name: tmp_path / name)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    with pytest.raises(CommandError, match="make up"):
        traefik.command(installation)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "traefik").touch(mode=0o755)
    assert traefik.command(installation)[0] == str(tmp_path / "bin" / "traefik")


def test_tools_have_no_route_under_the_public_name(installation, specs):
    routers = traefik.dynamic_configuration(
        replace(installation, user_settings={"PUBLIC_URL": "https://shop.example"}), specs
    )["http"]["routers"]
    public = {name: router for name, router in routers.items() if "shop.example" in router["rule"]}
    for name in ("", "-read", "-streamed"):
        rule = public.pop(f"catalog-public{name}")["rule"]
        assert rule.startswith("Host(`shop.example`) && Header(`X-Forwarded-Proto`, `https`)")
        rest = public.pop(f"pages-public-rest{name}")
        assert rest["rule"].startswith("Host(`shop.example`) && Header(`X-Forwarded-Proto`, `https`)")
        assert ("malformed_body" in rest["middlewares"]) is (name == "-streamed")
    assert list(public) == ["plain-public"]
    assert public["plain-public"]["middlewares"][-1] == "to_https"
    tools = [router["rule"] for name, router in routers.items() if router["service"] == "portal"]
    for rule in tools:
        assert rule.startswith("(Host(`localhost`) || Host(`127.0.0.1`)) && (Path(`/about`)")
    assert len(tools) == 3
    assert not [
        name for name in traefik.dynamic_configuration(installation, specs)["http"]["routers"] if "public" in name
    ]


@pytest.mark.parametrize(
    "url", ["http://shop.example", "http://192.168.1.9:8080", "https://", "shop.example", "https://a`b"]
)
def test_a_public_name_without_https_is_refused(installation, specs, url):
    with pytest.raises(CommandError, match=r"Set the https:// address"):
        traefik.dynamic_configuration(replace(installation, user_settings={"PUBLIC_URL": url}), specs)


def test_internal_request_headers_are_removed(installation, specs):
    http = traefik.dynamic_configuration(installation, specs)["http"]
    assert http["middlewares"]["filter_headers"]["headers"]["customRequestHeaders"] == {
        "X-Deadline": "",
        "X-Request-Id": "",
    }
    assert all("filter_headers" in router["middlewares"] for router in http["routers"].values())
