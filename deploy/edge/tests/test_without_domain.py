"""The edge of an environment without a domain: CloudFront asks by http, and all rules hold as they do by https."""

from __future__ import annotations

from dataclasses import replace

import pytest

from deploy.edge.tests.asking import ask_plainly
from deploy.edge.tests.edges import cluster
from deploy.edge.tests.test_cluster_edge import complaints
from deploy.edge.tests.test_edges import is_problem

ORDERS = "/api/v1/orders"


def test_services_are_reached_by_plain_http_at_the_port_of_the_load_balancer(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with cluster(tmp_path_factory.mktemp("plain"), protocol="http") as edge:
        at = replace(edge, http=edge.https)
        answer = ask_plainly(at, f"{ORDERS}/1", "X-Request-Id: abcdefgh-1")
        assert (answer.status, answer.document["service"]) == (200, "orders")
        assert "x-request-id" not in answer.document["headers"]
        assert is_problem(ask_plainly(at, f"{ORDERS}x"), 404, "not-found")
        assert ask_plainly(at, "/cart").document["service"] == "pages"
        assert is_problem(ask_plainly(at, f"{ORDERS}%2f1"), 400, "malformed-request")
        assert complaints(edge) == []
