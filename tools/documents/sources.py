"""Which Markdown files are pages of the site, and where: those of docs at its root, all others below `code/`."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from pathlib import Path

from tools.gates import links, tree

DOCS = "docs/"
CODE = "code/"
# Forms that GitHub fills in: nobody reads them as pages.
_LEFT_OUT = (".github/",)
_TARGET = re.compile(
    rf"(?P<code>{links.FENCE.pattern}|{links.SPAN.pattern})"
    r"|(?P<before>\]\(<?|^\[[^\]\n]+\]:\s*)(?P<link>[^)\s>]+)",
    re.DOTALL | re.MULTILINE,
)


def pages(root: Path) -> dict[str, str]:
    """Each page's path in the repository, with its path in the site."""
    names = [name for name in tree.files(root, "*.md") if not name.startswith(_LEFT_OUT)]
    return {name: name.removeprefix(DOCS) if name.startswith(DOCS) else CODE + name for name in names}


def relinked(text: str, name: str, site: Mapping[str, str], root: Path, repository: str) -> str:
    """The text of page `name` whose links lead to pages of the site, or to addresses of the repository."""

    def changed(found: re.Match[str]) -> str:
        if found["code"] is not None or re.match(r"[a-z]+:|#", found["link"]):
            return found[0]
        return found["before"] + _link(found["link"], name, site, root, repository)

    return _TARGET.sub(changed, text)


def _link(link: str, name: str, site: Mapping[str, str], root: Path, repository: str) -> str:
    place, mark, anchor = link.partition("#")
    target = posixpath.normpath(posixpath.join(posixpath.dirname(name), place))
    here = posixpath.dirname(site[name])
    for page in (target, posixpath.normpath(f"{target}/README.md")):
        if page in site:
            return posixpath.relpath(site[page], here or ".") + mark + anchor
    if not (root / target).exists() or target.startswith(".."):
        return link  # dead: the build complains of it
    if target.startswith(DOCS) and (root / target).is_file():
        return posixpath.relpath(target.removeprefix(DOCS), here or ".") + mark + anchor
    kind = "tree" if (root / target).is_dir() else "blob"
    return f"{repository.rstrip('/')}/{kind}/main/{target}{mark}{anchor}"
