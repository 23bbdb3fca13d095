"""A room of a service is imported through its `__init__` alone."""

from __future__ import annotations

from pathlib import Path

from tools import room_imports


def _write(root: Path, name: str, text: str) -> None:
    path = root / "services" / "shop" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_an_import_from_inside_of_another_room_is_found(tmp_path: Path) -> None:
    _write(tmp_path, "carts/__init__.py", '"""Carts."""\n\n__all__ = ["find"]\n')
    _write(tmp_path, "carts/usecases/find.py", "from shop.carts.store import sql\n")
    _write(tmp_path, "mails/send.py", "from shop.carts import find\nfrom shop.carts.usecases.find import find\n")
    _write(tmp_path, "tests/test_find.py", "from shop.carts.usecases.find import find\n")
    found = room_imports.check(tmp_path)
    assert [line.partition(": ")[0] for line in found] == ["services/shop/mails/send.py:2"]


def test_a_folder_without_rules_of_its_own_is_no_room(tmp_path: Path) -> None:
    _write(tmp_path, "provider/__init__.py", '"""Calls."""\n\n__all__ = ["call"]\n')
    _write(tmp_path, "app.py", "import shop.provider.calls\n")
    assert room_imports.check(tmp_path) == []


def test_the_rooms_of_this_repository_keep_to_it() -> None:
    assert {"carts", "checkout", "mails", "pricing"} <= room_imports.rooms(room_imports.ROOT / "services" / "orders")
    assert room_imports.check() == []
