"""By hand: what a release declares, in small."""

from __future__ import annotations

import copy

import pytest

from tools.release import events

TEXT, NUMBER = {"type": "string"}, {"type": "integer"}


def data(required=("id",), **fields):
    return {"type": "object", "properties": fields, "required": list(required)}


RELEASE = {
    "chassis": {"events": {}, "handled": [], "feed": data(("events",), events={"type": "array"})},
    "shop": {"events": {"paid": data(id=TEXT)}, "handled": ["paid"]},
    "till": {"events": {"paid": data(("id", "sum"), id=TEXT, sum=NUMBER), "lost": data(id=TEXT)}, "handled": []},
}


def changed(*path_and_value):
    *path, name, value = path_and_value
    release = copy.deepcopy(RELEASE)
    place = release
    for part in path:
        place = place[part]
    if value is None:
        del place[name]
    else:
        place[name] = value
    return release


BREAKING = {
    "no longer published": (changed("till", "events", "lost", None), "lost: till no longer publishes it"),
    "a field goes": (changed("till", "events", "paid", data(id=TEXT)), "paid: sum: is gone"),
    "a field has another type": (
        changed("till", "events", "paid", data(("id", "sum"), id=TEXT, sum=TEXT)),
        "paid: sum: type was integer and is string",
    ),
    "a field that was always there may be missing": (
        changed("till", "events", "paid", data(("id",), id=TEXT, sum=NUMBER)),
        "paid: sum: is not always there any more",
    ),
    "a follower wants what old events lack": (
        changed("shop", "events", "paid", data(("id", "at"), id=TEXT, at=TEXT)),
        "paid, read by shop: at: is required now",
    ),
    "a follower no longer handles it": (changed("shop", "handled", []), "paid: shop no longer handles it"),
    "the feed's page": (
        changed("chassis", "feed", data(("events",), events=TEXT)),
        "the feed's page: events: type was array and is string",
    ),
}


@pytest.mark.parametrize("name", BREAKING)
def test_what_breaks_a_follower_is_told(name):
    new, told = BREAKING[name]
    assert any(told in each for each in events.broken(RELEASE, new)), events.broken(RELEASE, new)


def test_additions_break_nobody():
    new = changed("till", "events", "paid", data(("id", "sum", "at"), id=TEXT, sum=NUMBER, at=TEXT))
    new["till"]["events"]["new"] = data(id=TEXT)
    new["shop"]["events"]["paid"] = data(id=TEXT, note=TEXT)
    assert events.broken(RELEASE, RELEASE) == []
    assert events.broken(RELEASE, new) == []


def test_a_new_follower_has_to_read_the_old_events():
    new = changed("shop", "events", {"paid": data(id=TEXT), "lost": data(("id", "at"), id=TEXT, at=TEXT)})
    new["shop"]["handled"] = ["paid", "lost"]
    assert events.broken(RELEASE, new) == ["lost, read by shop: at: is required now"]
