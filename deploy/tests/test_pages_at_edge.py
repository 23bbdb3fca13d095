"""What CloudFront keeps of the service pages is what its table says, and is asked for by what its pages are read by."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

import pytest

from deploy import TERRAFORM
from pages import caching

MODULE = TERRAFORM / "modules" / "distribution"
BEHAVIOURS = (MODULE / "behaviours.tf").read_text(encoding="utf-8")
CACHING = (MODULE / "caching.tf").read_text(encoding="utf-8")
FILES = re.findall(r'"([^"]+)"', re.findall(r"for path in \[(.*?)\] : merge\(local\.kinds\.assets", BEHAVIOURS)[0])
OTHERS = re.findall(r'"(/[^"]+)"', BEHAVIOURS.partition("behaviours = concat(")[2])
RULES = [rule for rule in caching.TABLE if rule.path_pattern not in FILES]


def test_what_is_kept_for_good_are_the_paths_with_a_behaviour_for_files():
    kept = [rule.path_pattern for rule in caching.TABLE if rule.cache_control == caching.IMMUTABLE]
    assert kept == FILES


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.path_pattern)
def test_a_document_has_no_behaviour_but_the_default_which_follows_its_answer(rule):
    example = rule.path_pattern.replace("*", "/a" if rule.path_pattern == "*" else "a")
    assert [path for path in OTHERS if fnmatchcase(example, path)] == []
    words = {word.strip() for word in rule.cache_control.split(",")}
    assert ("s-maxage=60" in words) == rule.cached_at_edge
    assert ("no-store" in words) != rule.cached_at_edge


def test_a_policy_of_pages_adds_no_time_of_its_own():
    assert re.findall(r"(?:min|default)_ttl += (\d+)", CACHING) == ["0"] * 6


def test_a_document_is_kept_by_each_query_that_it_is_made_by_and_by_no_other():
    (listed,) = re.findall(r"document_queries += \[(.*)\]", CACHING)
    assert re.findall(r'"(\w+)"', listed) == sorted(caching.QUERIES)
