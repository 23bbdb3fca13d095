"""What no other route has reaches pages, by both edges, as what has a route reaches its service."""

from __future__ import annotations

import pytest

from deploy.edge.tests.asking import ask
from deploy.edge.tests.edges import Edge
from deploy.edge.tests.test_edges import CHUNKED, JSON, is_problem

PAGES = {
    "the root": "/",
    "a page": "/de/products/a-b?variant=C",
    "a file of pages": "/assets/0123456789abcdef/js/main.js",
    "capitals": "/API/v1/orders",
    "a word that begins like that of programs": "/apis",
    "a tool of a laptop": "/about",
    "Traefik's dashboard": "/dashboard/",
    "an error page": "/_edge/problems/500",
}


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_what_no_other_route_has_reaches_pages(edge: Edge, path: str) -> None:
    for method in ("GET", "POST", "DELETE"):
        answer = ask(edge, path, JSON, method=method)
        assert (answer.status, answer.document["service"], answer.document["path"]) == (200, "pages", path)


def test_a_file_of_another_service_is_no_page(edge: Edge) -> None:
    assert ask(edge, "/robots.txt").document["service"] == "catalog"


def test_a_page_is_asked_for_again_and_its_chunked_body_is_checked(edge: Edge) -> None:
    before = edge.services["pages"].asked
    assert ask(edge, "/cart/hangs-up").status == 502
    assert edge.services["pages"].asked >= before + 3
    assert is_problem(ask(edge, "/cart", JSON, CHUNKED, method="POST", body=b"zz\r\n{}\r\n"), 400, "malformed-request")
