from __future__ import annotations

from typing import Any

from tools import check


def test_a_list_of_followers_that_differs_from_who_follows_is_reported():
    right: dict[str, dict[str, Any]] = {
        "shop": {"follows": ["till"], "followed_by": []},
        "till": {"follows": [], "followed_by": ["shop"]},
    }
    assert check.unlike_followers(right) == []
    wrong: dict[str, dict[str, Any]] = {"shop": {"follows": ["till"], "followed_by": ["till"]}, "till": {"follows": []}}
    assert check.unlike_followers(wrong) == [
        "services/shop/service.yaml: followed_by must be []",
        "services/till/service.yaml: followed_by must be [shop]",
    ]
