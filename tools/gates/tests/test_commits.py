"""A commit whose first line does not say what it does is refused, as it is made and in the history."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tools.gates import commits, tree
from tools.gates.tests.seeded import checkout, commit

REFUSED = {
    "": "it is empty",
    "Bound the keys of a request body and of all the others that come after it": "at most 72",
    "Bound the keys of a request body.": "full stop",
    "fix": "say what changes",
    "Fix it": "say what changes",
    "WIP": "say what changes",
    "Misc fixes": "say what changes",
    "Update tests": "say what changes",
    "bound the keys": "a capital",
    "orders: bound the keys": "a capital",
    "Orders: bound the keys": "a capital",
    "[orders] Bound the keys": "a capital",
    "Bounded the keys": "not with 'Bounded'",
    "Bounding the keys": "not with 'Bounding'",
    "Bounds the keys": "not with 'Bounds'",
    "The keys are bounded": "not with 'The'",
}
ALLOWED = [
    "Bound the keys of a request body",
    "Fix the order of keys in a cursor",
    "Embed the font",
    "Bring terraform where there is none",
    "Process what is due in batches",
    "Pass, refuse and count in one statement",
    "Re-read the settings after a restart",
    "Test that a route which became twice as slow is named",
]


@pytest.mark.parametrize("subject", REFUSED)
def test_what_says_nothing_or_is_no_order_is_refused(subject: str):
    assert REFUSED[subject] in commits.complaint(subject)


@pytest.mark.parametrize("subject", ALLOWED)
def test_an_order_passes(subject: str):
    assert commits.complaint(subject) == ""


def test_git_s_own_words_pass_while_a_message_is_written():
    for text in ("Merge branch 'x'", 'Revert "Bound the keys"', "fixup! Bound the keys", "Bound the keys\n# x\n\nWhy."):
        assert commits.of_message(text) == ""
    assert "second line" in commits.of_message("Bound the keys\nof a body")
    assert "empty" in commits.of_message("# only what git wrote\n")


def test_the_history_is_checked_since_a_commit_or_over_the_last_fifty(tmp_path: Path):
    root = checkout(tmp_path, {"a.py": "x = 1\n"})
    assert commits.in_history(root=root) == []
    commit(root, "wip")
    base = commit(root, "Bound the keys")
    commit(root, 'Revert "wip"')
    commit(root, "Fixed it")
    (found,) = commits.in_history(base, root, since="2000-01-01")
    assert "'Fixed it': begin with an order" in found
    assert len(commits.in_history(root=root, since="2000-01-01")) == 2
    assert commits.in_history(root=root, since="2090-01-01") == []
    assert "fetch-depth: 0" in commits.in_history("nobody", root)[0]


def test_git_s_hook_refuses_a_message_and_tells_where_it_is_kept(tmp_path: Path):
    message = tmp_path / "COMMIT_EDITMSG"
    for text, status in (("Fixed it\n", 1), ("Bound the keys\n", 0)):
        message.write_text(text)
        command = [sys.executable, "-m", "tools.gates.commits", "--message", str(message)]
        done = subprocess.run(command, cwd=tree.ROOT, capture_output=True, text=True, check=False)
        assert (done.returncode, str(message) in done.stderr) == (status, bool(status)), done.stderr
