"""The storefront's files, read once when the service starts: what is sent of each, and the address of all of them."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import msgspec

from pages.assets import scripts

STYLES = "shop.css"
# In this order; others come after them by name, and LAST at the end.
_FIRST = ("tokens", "base", "frame", "forms", "shelf", "product", "cart", "order")
_LAST = "pages"
_KINDS = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
_COMPRESSED = frozenset([".js", ".css", ".json", ".svg"])
_MOST_FILES, _MOST_BYTES = 500, 20_000_000


class File(msgspec.Struct, frozen=True):
    """A file as it is sent; `small` is it compressed by gzip, where that is smaller."""

    body: bytes
    small: bytes | None
    kind: str
    etag: str


class Assets(msgspec.Struct, frozen=True):
    """All files by their paths. `tree` changes when any of them does; `modules` has those that a page loads."""

    tree: str
    files: dict[str, File]
    modules: dict[str, list[str]]

    def modules_of(self, page: str) -> list[str]:
        """The modules that a page of this name loads."""
        return self.modules.get(page) or self.modules[""]


class WrongStorefront(RuntimeError):
    """The folder of the storefront's files is not there, or is none."""


def load(folder: Path) -> Assets:
    """The files below a folder.

    Raises:
        WrongStorefront: it has no js/main.js, or more than a storefront has.
    """
    raw = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.suffix in _KINDS and path.is_file()
    }
    if scripts.MAIN not in raw:
        raise WrongStorefront(f"STOREFRONT_DIR={folder} has no {scripts.MAIN}")
    if len(raw) > _MOST_FILES or sum(map(len, raw.values())) > _MOST_BYTES:
        raise WrongStorefront(f"STOREFRONT_DIR={folder} has more than a storefront's files")
    sources = {name: body.decode() for name, body in raw.items() if name.endswith(".js")}
    sent = raw | {name: scripts.without_comments(source).encode() for name, source in sources.items()}
    sent[STYLES] = _joined(raw)
    files = {name: _file(name, body) for name, body in sent.items()}
    return Assets(_tree(sent), files, scripts.closures(sources))


def _joined(raw: dict[str, bytes]) -> bytes:
    names = [name for name in raw if name.startswith("css/") and name.endswith(".css")]
    return b"".join(raw[name] for name in sorted(names, key=_place))


def _place(name: str) -> tuple[int, str]:
    stem = name.removeprefix("css/").removesuffix(".css")
    if stem == _LAST:
        return len(_FIRST) + 1, stem
    return (_FIRST.index(stem) if stem in _FIRST else len(_FIRST)), stem


def _tree(sent: dict[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name, body in sorted(sent.items()):
        digest.update(f"{name}\0{len(body)}\0".encode() + body)
    return digest.hexdigest()[:16]


def _file(name: str, body: bytes) -> File:
    suffix = Path(name).suffix
    small = gzip.compress(body, 9, mtime=0) if suffix in _COMPRESSED else None
    etag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
    return File(body, small if small and len(small) < len(body) else None, _KINDS[suffix], etag)
