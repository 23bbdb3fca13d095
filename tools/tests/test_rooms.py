from __future__ import annotations

import pytest

from tools import rooms


def written(folder, **files):
    for name, text in files.items():
        path = folder / "house" / (name.replace("__", "/") + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder / "house"


def test_a_room_is_drawn_above_the_rooms_it_imports(tmp_path):
    house = written(
        tmp_path,
        web__app="from house.db import Database\nfrom house import ids\n",
        db__pool="import house.ids\nfrom house.db.rows import Row\n",
        db__rows="",
        ids="import os\n",
        tests__test_web="from house.web import app\n",
    )
    found = rooms.rooms(house)
    assert found == {"web": {"db", "ids"}, "db": {"ids"}, "ids": set()}
    assert rooms.levels(found) == {"ids": 0, "db": 1, "web": 2}
    arrows = [line.strip() for line in rooms.drawing(found).splitlines() if "-->" in line]
    assert arrows == ["web --> db", "db --> ids"]


def test_a_circle_is_named(tmp_path):
    house = written(tmp_path, web__app="from house import db\n", db__pool="from house.web import app\n", ids="")
    with pytest.raises(ValueError, match="circle: db, web"):
        rooms.levels(rooms.rooms(house))


def test_a_change_of_the_imports_makes_the_page_stale(tmp_path, monkeypatch):
    assert rooms.stale() == ""
    page = tmp_path / "architecture.md"
    page.write_text(rooms.PAGE.read_text().replace("sessions --> inbox\n", ""))
    monkeypatch.setattr(rooms, "PAGE", page)
    assert "make rooms" in rooms.stale()
    page.write_text("no place for it")
    with pytest.raises(ValueError, match="lacks the place"):
        rooms.stale()
