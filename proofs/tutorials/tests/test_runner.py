"""The runner of pages: what it must refuse, seen to be refused; no store is needed for it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from chassis.testing.waiting import wait_until
from proofs.tutorials.comparison import missing
from proofs.tutorials.page import PageError, steps
from proofs.tutorials.place import Place, marked, place
from proofs.tutorials.running import run
from tools.copies import ROOT

OFFSET = 300


@pytest.fixture
def here(tmp_path) -> Place:
    """A folder whose `make up` starts nothing."""
    folder, scratch = tmp_path / "project", tmp_path / "blocks"
    folder.mkdir()
    scratch.mkdir()
    (folder / "Makefile").write_text("up:\n\t@echo up\n")
    return Place(folder, scratch, OFFSET, {"PATH": os.environ["PATH"]}, frozenset({8080}))


@pytest.fixture
def told(here, tmp_path):
    """What the runner says of a page with this text after its `make up`; "" if it finds nothing wrong."""

    def of(text: str, seconds: float = 20) -> str:
        page = tmp_path / "page.md"
        page.write_text(f"# Page\n\n```sh\nmake up\n```\n\n{text}")
        return run(here, page, seconds=seconds).replace(f"{page}:", "line ")

    return of


def runs(pid: int) -> bool:
    """A process that was ended may wait for its parent to ask how."""
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


GOOD = """\
```sh
GREETING="good morning"
greet() { echo "$GREETING, $1"; }
echo one   two; echo three >&2; echo four
```

```text
one two
...
f...r
```

In a list:

- a block with a file, `new/names.txt`:

  ```csv
  Ada
  ```

  ```sh
  greet "$(cat new/names.txt)"
  ```
  ```text
  good morning, Ada
  ```

```sh fails
false
ls nowhere
```

```text
nowhere
```

```sh elsewhere
shutdown
```

```text
not compared
```
"""


def test_a_page_that_says_what_is_true_passes(told, capsys):
    assert told(GOOD) == ""
    printed = capsys.readouterr().out
    assert '$ greet "$(cat new/names.txt)"' in printed
    assert "shutdown" not in printed


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("```sh\ntrue\nls nowhere\ntrue\n```\n", "line 9: this command ended with"),
        ("```sh\necho x\nexit 3\n```\n", "this command ended with 3"),
        ("```sh\nexit 0\n```\n", "line 8: this block ended the shell"),
        ("```sh fails\nexit 3\n```\n", "line 8: this block ended the shell"),
        ("```sh\nX=$(false)\n```\n", "line 8: this command ended with 1"),
        ("```sh fails\nls .\n```\n", "line 8: this block should fail and did not"),
        ("```sh\necho one\n```\n\n```text\none\ntwo\n```\n", "line 13: the output does not have this line"),
        ("```sh\necho b; echo a\n```\n\n```text\na\nb\n```\n", "line 13: the output does not have this line"),
        ("```\necho\n```\n", "line 7: a block without a language"),
        ("```sh maybe\necho\n```\n", "line 7: `sh maybe`: after sh may stand"),
        ("```sh\necho\n", "line 7: this block has no end"),
        ("```sh\necho\n```\n\nThen:\n\n```text\nx\n```\n", "line 13: a block `text` is the output of"),
        ("Write `../x`:\n\n```csv\na\n```\n", "line 10: ../x is outside of the project"),
    ],
)
def test_a_page_that_is_wrong_is_refused_with_its_line(told, text, complaint):
    assert complaint in told(text)


def test_the_first_fault_ends_the_page(told, here):
    assert told("```sh\nfalse\n```\n\n```sh\ntouch later\n```\n")
    assert not (here.folder / "later").exists()


def test_a_block_that_never_ends_is_ended_with_its_children(told, here):
    began = time.monotonic()
    said = told("```sh\nbash -c 'echo $$ >pid; exec sleep 600'\n```\n", seconds=1)
    assert "line 8: this block did not end within 1 s" in said
    assert time.monotonic() - began < 10
    wait_until(lambda: not runs(int((here.folder / "pid").read_text())))


def test_a_block_reads_no_terminal_and_what_it_leaves_running_does_not_delay_it(told, here):
    assert told("```sh\ncat\nsleep 600 &\necho $! >pid\n```\n") == ""
    wait_until(lambda: not runs(int((here.folder / "pid").read_text())))


def test_addresses_are_those_of_the_store_of_the_test_and_are_shown_as_the_usual_ones(told, capsys):
    page = '```sh\ntest http://localhost:8080/x = "http://localhost:$((8080 + 300))/x"\necho localhost:8080\n```\n'
    assert told(f"{page}\n```text\nlocalhost:8080\n```\n") == ""
    assert "localhost:8380" not in capsys.readouterr().out


def test_nothing_of_a_place_is_left_and_the_checkout_is_not_changed():
    with place() as made:
        command = ["bash", "-c", "echo x >docs/new.md; setsid sleep 600 & sleep 600"]
        started = subprocess.Popen(command, cwd=made.folder, env=made.environment)
        mark = made.environment["MERCAT_TUTORIAL"]
        assert (made.folder / "README.md").read_text() == (ROOT / "README.md").read_text()
        assert started.pid in {each.pid for each in marked(mark)}
    started.wait(timeout=10)
    assert marked(mark) == []
    assert not made.folder.exists()
    assert not (ROOT / "docs" / "new.md").exists()


def test_the_command_ends_with_one_and_names_the_place(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("```sh\nls nowhere\nmake up\n```\n")  # it would start the store itself
    done = subprocess.run(
        [sys.executable, "-m", "proofs.tutorials", str(page)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert f"{page}:2: this command ended with" in done.stderr


def test_a_page_that_is_not_there_is_named():
    command = [sys.executable, "-m", "proofs.tutorials", "docs/nothing.md"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, "no such page: docs/nothing.md" in done.stderr) == (2, True)


def test_three_points_stand_for_anything_and_order_counts():
    printed = "id 17 is new\nid 18 is old\n"
    assert missing([(1, "id ... is new"), (2, "..."), (3, "old")], printed) is None
    assert missing([(1, "old"), (2, "new")], printed) == (2, "new")
    assert missing([(1, "id ... is gone")], printed) == (1, "id ... is gone")


def test_steps_of_a_page_without_blocks_are_none(tmp_path):
    page = Path(tmp_path / "page.md")
    page.write_text("# Only words\n")
    assert steps(page) == []
    page.write_text("~~~sh\nls\n")
    with pytest.raises(PageError, match="has no end"):
        steps(page)
