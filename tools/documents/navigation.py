"""The order of the site: fixed sections; in each the pages of a folder, in the order in which its README names them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tools.documents import marked, readers, sources

Item = str | dict[str, "str | list[Item]"]
_LINK = re.compile(r"\]\(([^)#\s]+\.md|[^)#\s]+/)")


class Section(NamedTuple):
    """A section: its folders of docs, and of the pages at the top of docs those for one of its readers."""

    title: str
    folders: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()


SECTIONS = (
    Section("Start", (), ("everyone", "anyone", "newcomer", "everybody")),
    Section("Guides", ("guides",)),
    Section("Tutorials", ("tutorials",)),
    Section("Concepts", ("concepts",)),
    Section("Reference", ("reference",)),
    Section("Operate", ("aws", "kubernetes", "runbooks"), ("operator", "shopkeeper", "auditor")),
    Section("Develop", (), ("developer", "maintainer", "contributor", "team")),
    Section("Compliance", ("compliance",)),
    Section("Decisions", ("decisions",)),
)


def ordered(texts: Mapping[str, str]) -> list[Item]:
    """The navigation for pages by their path in the site."""
    top = sorted(uri for uri in texts if "/" not in uri and uri != "README.md")
    folders = {uri.split("/")[0] for uri in texts if "/" in uri} - {sources.CODE.rstrip("/")}
    known = {folder for section in SECTIONS for folder in section.folders}
    found: list[Item] = []
    for section in (*SECTIONS, *(Section(name.capitalize(), (name,)) for name in sorted(folders - known))):
        inside: list[Item] = ["README.md"] if section is SECTIONS[0] else []
        mine = [uri for uri in top if _of(texts[uri]) == section.title]
        inside += _as_named(mine, "README.md", texts)
        there = [folder for folder in section.folders if folder in folders]
        for folder in there:
            pages = _folder(folder, texts)
            inside += pages if len(section.folders) == 1 else [{_title(folder, texts): pages}]
        if inside:
            found.append({section.title: inside})
    if any(uri.startswith(sources.CODE) for uri in texts):
        found.append({"Code": _folder(sources.CODE.rstrip("/"), texts)})
    return found


def _of(text: str) -> str:
    """The section of a page at the top of docs: that of the reader whom its line names first."""
    said = readers.of(text)[0].lower()
    places = [(said.find(word), section.title) for section in SECTIONS for word in section.readers if word in said]
    return min(places)[1] if places else SECTIONS[0].title


def _folder(folder: str, texts: Mapping[str, str]) -> list[Item]:
    """A folder's README, its pages, then its folders."""
    index = f"{folder}/README.md"
    here = [uri for uri in texts if posixpath.dirname(uri) == folder and uri != index]
    found: list[Item] = [index] if index in texts else []
    found += [uri if readers.title(texts[uri]) else {_name(uri): uri} for uri in _as_named(here, index, texts)]
    inside = {uri[len(folder) + 1 :].split("/")[0] for uri in texts if uri.startswith(f"{folder}/") and uri not in here}
    for name in sorted(inside - {"README.md"}):
        pages = _folder(f"{folder}/{name}", texts)
        only = pages[0] if len(pages) == 1 else None
        found.append({_title(f"{folder}/{name}", texts): only if isinstance(only, str) else pages})
    return found


def _as_named(uris: Sequence[str], index: str, texts: Mapping[str, str]) -> list[str]:
    """These pages, first those that the index links to, in its order."""
    folder = posixpath.dirname(index)
    said = marked.blanked(texts.get(index, ""))  # what is made there follows this order
    links = [posixpath.normpath(posixpath.join(folder, link)) for link in _LINK.findall(said)]
    place = {link: at for at, link in reversed(list(enumerate(links)))}
    return sorted(uris, key=lambda uri: (place.get(uri, len(links)), _counted(uri)))


def _counted(uri: str) -> list[str]:
    """The key of an order in which v2 comes before v10."""
    return [part.zfill(9) if part.isdigit() else part for part in re.split(r"(\d+)", uri)]


def _title(folder: str, texts: Mapping[str, str]) -> str:
    """What a folder is called: in docs by the title of its README, else by its name."""
    if folder.startswith(sources.CODE):
        return _name(folder)
    name = _name(folder)
    return readers.title(texts.get(f"{folder}/README.md", "")) or (name.upper() if len(name) < 5 else name.capitalize())


def _name(uri: str) -> str:
    return posixpath.basename(uri).removesuffix(".md")
