"""A link between our pages that leads nowhere is refused."""

from __future__ import annotations

from pathlib import Path

from tools.gates import links
from tools.gates.tests.seeded import checkout

PAGE = """# A shop

See [the guide](docs/guide.md), [its part](docs/guide.md#what-it-costs), [the other](docs/guide.md#what-it-costs-1),
[here](#a-shop), [the folder](docs), [elsewhere](https://example.com/x), ![a picture](docs/a%20b.png "title").
`[code](nowhere.md)`

```md
[code](nowhere.md)
```
"""
GUIDE = "# What it costs\n\n## What it costs\n\n[back](../README.md)\n"
FILES = {
    "README.md": PAGE,
    "docs/guide.md": GUIDE,
    "docs/a b.png": "",
    ".gitignore": "built/\n",
    "built/page.md": "x\n",
}


def test_links_that_lead_somewhere_pass(tmp_path: Path):
    assert links.dead(checkout(tmp_path, FILES)) == []


def test_each_dead_link_is_named_with_its_line(tmp_path: Path):
    seeded = """
[a file](docs/gone.md) [a heading](docs/guide.md#gone) [a folder](documents/)
```sh
[code](nowhere.md)
```
[of no page](docs/a%20b.png#x) [out](../../etc/passwd)
[not in git](built/page.md)
[by name][1]

[1]: docs/none.md
"""
    found = links.dead(checkout(tmp_path, {**FILES, "seeded.md": seeded}))
    assert [each.removeprefix("seeded.md:").removesuffix(" leads nowhere") for each in found] == [
        "2: docs/gone.md",
        "2: docs/guide.md#gone",
        "2: documents/",
        "6: docs/a%20b.png#x",
        "6: ../../etc/passwd",
        "7: built/page.md",
        "10: docs/none.md",
    ]


def test_our_own_pages_have_none():
    assert links.dead() == []
