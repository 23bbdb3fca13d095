"""What the catalog tells search engines of these pages: each address of its sitemap is one of ours, and robots.txt."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from urllib.robotparser import RobotFileParser

import httpx
import pytest

from chassis.testing import RunningApp
from pages.domain.site import site
from pages.tests.conftest import PUBLIC_URL
from pages.tests.reading import seen
from pages.tests.staff import SHOP, Staff
from pages.tests.test_documents import FRAMES, PATHS

SPACES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def _told(staff: Staff, address: str) -> str:
    """What the catalog answers at an address of the shop."""
    assert address.startswith(f"{PUBLIC_URL}/")
    answer = httpx.get(staff.catalog + address.removeprefix(PUBLIC_URL), timeout=30)
    assert answer.status_code == 200, answer.text
    return answer.text


@pytest.fixture(scope="session")
def robots(staff: Staff) -> RobotFileParser:
    parser = RobotFileParser()
    parser.parse(_told(staff, f"{PUBLIC_URL}/robots.txt").splitlines())
    return parser


@pytest.fixture(scope="session")
def mapped(staff: Staff, robots: RobotFileParser) -> dict[str, dict[str, str]]:
    """Each address of the sitemap, with those of the same page in all languages."""
    (index,) = robots.site_maps() or []
    listed = ET.fromstring(_told(staff, index))  # nosec B314 -- our own sitemap
    found = {}
    for file in listed.iterfind("s:sitemap/s:loc", SPACES):
        pages = ET.fromstring(_told(staff, file.text or ""))  # nosec B314 -- as above
        for page in pages.iterfind("s:url", SPACES):
            others = {each.get("hreflang", ""): each.get("href", "") for each in page.iterfind("x:link", SPACES)}
            address = page.findtext("s:loc", "", SPACES)
            assert address not in found
            found[address] = others
    return found


async def test_every_address_is_a_page_that_says_the_same_of_itself(
    pages: RunningApp, mapped: dict[str, dict[str, str]]
):
    for address, others in mapped.items():
        shown = await seen(pages, address.removeprefix(PUBLIC_URL))
        assert shown.one("link", rel="canonical")["href"] == address
        assert {each["hreflang"]: each["href"] for each in shown.all("link", rel="alternate")} == others
        assert not shown.all("meta", name="robots")


def test_every_kind_of_page_that_is_to_be_found_is_there(mapped: dict[str, dict[str, str]]):
    paths = {path for kind, path in PATHS.items() if kind != "search"} | {"/categories/prints", "/products/wave-25"}
    for prefix in ("", "/de", "/fr"):
        assert {f"{PUBLIC_URL}{prefix}{path}" for path in paths} <= set(mapped)
    assert not [address for address in mapped if address.endswith(("/left", "/tide-one"))]


def test_robots_keep_out_of_frames_and_of_nothing_else(robots: RobotFileParser):
    for choice in site(SHOP["languages"], SHOP["currencies"]).choices:
        for path in FRAMES.values():
            assert not robots.can_fetch("Googlebot", PUBLIC_URL + choice.prefix + path)
        for path in (*PATHS.values(), "/assets/0/js/main.js", "/api/v1/products"):
            assert robots.can_fetch("Googlebot", PUBLIC_URL + choice.prefix + path)
