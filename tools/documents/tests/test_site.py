"""The site as `make docs` builds it: nothing to mend, and a browser sees what it should."""

import json
import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from chassis.testing.skipping import skip_without
from tools.documents import building, sources
from tools.gates import tree

ROOT = tree.ROOT
WEB = ROOT / "web" / "tests"
LOOK = Path(__file__).with_name("look.mjs")
DIAGRAM = re.compile(r"^```mermaid\n(.*?)^```", re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder of the site, and how `make docs` ended."""
    if lack := building.missing(ROOT):
        skip_without("mkdocs", lack)
    to = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "tools.documents", "--to", to]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    return to, done


def test_nothing_is_to_mend(site):
    _, done = site
    assert done.returncode == 0, done.stdout + done.stderr


def texts():
    return {name: (ROOT / name).read_text(encoding="utf-8") for name in sources.pages(ROOT)}


def address(name):
    """A page's address in the site."""
    return re.sub(r"(^|/)README\.md$", r"\1", sources.pages(ROOT)[name]).replace(".md", "/")


class Words(HTMLParser):
    """What a page says, without white space, and how many items and tables it has."""

    def __init__(self, html):
        super().__init__()
        self.said, self.within_anchor, self.items, self.tables = "", False, 0, 0
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.within_anchor |= tag == "a" and "headerlink" in (dict(attributes).get("class") or "")
        self.items += tag == "li"
        self.tables += tag == "table"

    def handle_endtag(self, tag):
        self.within_anchor &= tag != "a"

    def handle_data(self, data):
        self.said += "" if self.within_anchor else re.sub(r"\s", "", data)


def test_each_page_says_what_github_shows(site):
    folder, _ = site
    converter = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    wrong = []
    for name, text in texts().items():
        html = (folder / address(name) / "index.html").read_text(encoding="utf-8")
        shown = Words("".join(re.findall("<article.*?</article>", html, re.DOTALL)))
        meant = Words(converter.render(text))
        if meant.said not in shown.said or (meant.items, meant.tables) != (shown.items, shown.tables):
            wrong.append(name)
    assert wrong == []


def kinds(pages):
    """The addresses of pages to look at: home; the shortest with a diagram, a table and code; of code; a runbook."""
    shortest = sorted(pages, key=lambda name: len(pages[name]))
    rich = next(
        name
        for name in shortest
        if DIAGRAM.search(pages[name]) and "\n| --" in pages[name] and "\n```sh" in pages[name]
    )
    code = next(name for name in shortest if not name.startswith(sources.DOCS) and "\n```" in pages[name])
    runbook = next(name for name in shortest if name.startswith("docs/runbooks/") and "\n```" in pages[name])
    return [*(address(name) for name in ("docs/README.md", rich, code, runbook)), "404.html"]


def test_a_browser_finds_nothing_wrong(site, tmp_path):
    folder, _ = site
    if shutil.which("node") is None or not (WEB / "node_modules").exists():
        skip_without("node", "Node, or the packages of web/tests, are missing; `make test` brings the packages")
    if not (ROOT / ".venv" / "browser" / "chromium").exists():
        skip_without("Chromium", "`make test` unpacks it from Debian's packages; or install it, or name it in CHROMIUM")
    pages = texts()
    task = {
        "site": str(folder),
        "pages": kinds(pages),
        "diagrams": [{"name": name, "text": text} for name, each in pages.items() for text in DIAGRAM.findall(each)],
        "word": "idempotency",
        "shots": os.environ.get("SHOTS", ""),
    }
    (tmp_path / "task.json").write_text(json.dumps(task))
    command = ["node", LOOK, tmp_path / "task.json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr
