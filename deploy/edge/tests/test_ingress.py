"""The edge by Ingress instead of Gateway: services are reached, and what all requests have in common holds."""

from __future__ import annotations

import pytest

from deploy.edge.tests.asking import ask
from deploy.edge.tests.edges import cluster
from deploy.edge.tests.test_cluster_edge import complaints
from deploy.edge.tests.test_edges import is_problem

ORDERS = "/api/v1/orders"


def test_an_ingress_has_the_common_rules(tmp_path_factory: pytest.TempPathFactory) -> None:
    with cluster(tmp_path_factory.mktemp("ingress"), kind="ingress", ingress_class="traefik") as edge:
        answer = ask(edge, f"{ORDERS}/1", "X-Request-Id: abcdefgh-1")
        assert (answer.status, answer.document["service"]) == (200, "orders")
        assert "x-request-id" not in answer.document["headers"]
        assert answer.headers["strict-transport-security"].startswith("max-age=")
        assert is_problem(ask(edge, f"{ORDERS}/hangs-up", method="POST"), 502, "dependency-unavailable")
        assert ask(edge, "/api/v1/payments").status == 503
        assert is_problem(ask(edge, f"{ORDERS}x"), 404, "not-found")
        for path in ("/api", "/internal/feed", "/metrics", "/health/ready", "/webhooks/x", "/.well-known/x"):
            assert is_problem(ask(edge, path), 404, "not-found"), path
        for path in ("/", "/de/products/a", "/apis", "/about"):
            assert ask(edge, path).document["service"] == "pages"
        assert ask(edge, "/robots.txt").document["service"] == "catalog"
        assert is_problem(ask(edge, f"{ORDERS}%2f1"), 400, "malformed-request")
        assert complaints(edge) == []
