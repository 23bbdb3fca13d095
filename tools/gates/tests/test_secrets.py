"""A secret in a file or in the history is refused, and what only looks like one is let through at its place alone."""

from __future__ import annotations

import secrets as random
import string
from pathlib import Path

import pytest

from tools.gates import secrets, tree
from tools.gates.tests.scanners import need
from tools.gates.tests.seeded import checkout, commit

_LETTERS = string.ascii_letters + string.digits


def _made(count: int, letters: str) -> str:
    """So many letters by chance: no key stands in this file."""
    return "".join(random.choice(letters) for _ in range(count))


@pytest.fixture(autouse=True)
def scanner() -> None:
    need("gitleaks")


def keys() -> dict[str, str]:
    return {
        "aws-access-token": f'aws = "AKIA{_made(16, "ABCDEFGHJKLMNPQRSTUVWXYZ234567")}"\n',
        "stripe-access-token": f'stripe = "sk_live_{_made(60, _LETTERS)}"\n',
        "private-key": f"-----BEGIN PRIVATE KEY-----\n{_made(64, _LETTERS)}\n-----END PRIVATE KEY-----\n",
    }


def test_a_secret_in_a_file_is_refused_and_not_repeated(tmp_path: Path):
    seeded = keys()
    root = checkout(
        tmp_path, {f"services/shop/{rule}.py": text for rule, text in seeded.items()} | {"fine.py": "x = 1\n"}
    )
    found = secrets.in_files(root=root)
    for rule, text in seeded.items():
        assert [each for each in found if each.startswith(f"services/shop/{rule}.py:") and rule in each], rule
        assert max(text.split(), key=len).strip('"') not in "".join(found)
    assert not [each for each in found if each.startswith("fine.py")]


def test_of_changed_files_alone_those_are_read(tmp_path: Path):
    root = checkout(tmp_path, {"one.py": keys()["aws-access-token"], "two.py": "x = 1\n"})
    assert secrets.in_files(["two.py"], root) == []
    assert len(secrets.in_files(["one.py", "two.py"], root)) == 1


def test_a_secret_that_was_deleted_is_still_in_the_history(tmp_path: Path):
    root = checkout(tmp_path, {"keys.py": keys()["stripe-access-token"]})
    first = commit(root, "Keep a key")
    (root / "keys.py").unlink()
    commit(root, "Drop the key")
    assert secrets.in_files(root=root) == []
    (found,) = secrets.in_history(root=root)
    assert found.startswith(f"keys.py:1 of {first[:8]}: stripe-access-token: ")
    assert secrets.in_history(base=first, root=root) == []


def test_what_is_allowed_at_one_place_is_refused_at_another(tmp_path: Path):
    planted = "proofs/tests/planted.py"
    text = (tree.ROOT / planted).read_text(encoding="utf-8")
    root = checkout(tmp_path, {planted: text, "services/shop/planted.py": text})
    assert [each.partition(":")[0] for each in secrets.in_files(root=root)] == ["services/shop/planted.py"]
    root = checkout(tmp_path / "other", {planted: text + keys()["aws-access-token"]})
    assert len(secrets.in_files(root=root)) == 1


def test_a_scan_that_did_not_happen_is_a_complaint(tmp_path: Path):
    root = checkout(tmp_path, {"fine.py": "x = 1\n"})
    (root / secrets.CONFIG).write_text("this is no TOML")
    (found,) = secrets.in_files(root=root)
    assert "not all was scanned" in found
    assert "not all was scanned" in secrets.in_history("nobody", checkout(tmp_path / "bare", {}))[0]
