"""What mkdocs calls while it builds the site: mkdocs.yml names this file."""

from __future__ import annotations

import re
from collections import Counter

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from tools.documents import commonmark, mended, navigation, policy, readers, sources
from tools.gates import links
from tools.gates.tree import ROOT

MERMAID = ROOT / ".venv" / "docs" / "npm" / "node_modules" / "@mermaid-js" / "tiny" / "dist" / "mermaid.tiny.js"
# One build at a time in a process: the pages of the site by their paths in the repository; the headings of the page.
_site: dict[str, str] = {}
_headings: Counter[str] = Counter()
_serving: list[bool] = []


def on_startup(*, command: str, dirty: bool) -> None:
    """Remember whether somebody is writing: the page then reloads itself, which a policy forbids."""
    _serving[:] = [command == "serve"]


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Headings are named as GitHub names them."""
    config.mdx_configs.setdefault("toc", {})["slugify"] = _slug
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """All Markdown of the repository becomes a page; the navigation follows from it."""
    _site.clear()
    _site.update(sources.pages(ROOT))
    for file in files.documentation_pages():
        if sources.DOCS + file.src_uri not in _site:
            files.remove(file)  # git ignores it
    for name, uri in _site.items():
        if not name.startswith(sources.DOCS):
            files.append(File.generated(config, uri, abs_src_path=str(ROOT / name)))
    files.append(File.generated(config, "assets/mermaid.js", abs_src_path=str(MERMAID)))
    config.nav = navigation.ordered({uri: (ROOT / name).read_text(encoding="utf-8") for name, uri in _site.items()})
    return files


def on_page_read_source(*, page: Page, config: MkDocsConfig) -> str:
    """A README without a title is called as its folder: mkdocs takes a first line with a colon for a property."""
    name = _name(page)
    text = (ROOT / name).read_text(encoding="utf-8")
    return text if readers.title(text) else f"# {name.removesuffix('/README.md')}\n\n{text}"


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Links lead to pages of the site or to the repository."""
    _headings.clear()
    name = _name(page)
    repository = config.repo_url or ""
    if not re.search(r"^#{2,3} ", markdown, re.MULTILINE):
        page.meta["hide"] = ["toc"]  # the room is the tables'
    page.edit_url = f"{repository.rstrip('/')}/edit/main/{name}"
    return commonmark.roomy(sources.relinked(markdown, name, _site, ROOT, repository))


def on_page_content(html: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Mermaid is loaded by pages with diagrams alone."""
    page.meta["mermaid"] = 'class="mermaid"' in html
    return mended.content(html)


def on_post_page(output: str, *, page: Page, config: MkDocsConfig) -> str:
    """Each page has its policy."""
    output = mended.page(output)
    return output if any(_serving) else policy.with_policy(output)


def on_post_template(output_content: str, *, template_name: str, config: MkDocsConfig) -> str:
    """Also the page that is shown where there is none."""
    return policy.with_policy(mended.page(output_content)) if template_name.endswith(".html") else output_content


def _name(page: Page) -> str:
    """A page's path in the repository."""
    uri: str = page.file.src_uri
    return uri.removeprefix(sources.CODE) if uri.startswith(sources.CODE) else sources.DOCS + uri


def _slug(text: str, separator: str) -> str:
    """GitHub's name of a heading: a second one of the same words gets -1."""
    slug = links.slug(text)
    _headings[slug] += 1
    return f"{slug}-{_headings[slug] - 1}" if _headings[slug] > 1 else slug
