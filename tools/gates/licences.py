"""The licences of all that is pinned: those on the list below, and no package whose licence nobody knows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import Distribution, distributions
from pathlib import Path

from tools.gates import pins, tree

# They ask for their text to be kept, or for nothing.
PERMISSIVE = set(
    "MIT MIT-0 MIT-CMU BSD-2-Clause BSD-3-Clause 0BSD Apache-2.0 ISC PSF-2.0 CNRI-Python Unlicense HPND Zlib".split()
)
# Weak copyleft: changes to the package itself are given on, what uses it is not touched. We change none of them.
WEAK = {
    "MPL-2.0": "by file",
    "LGPL-2.1-or-later": "linked",
    "LGPL-3.0-only": "linked",
    "LGPL-3.0-or-later": "linked",
    "OFL-1.1": "fonts, also within documents; never sold alone",
}
ALLOWED = PERMISSIVE | WEAK.keys()
# How packages without an SPDX expression write it: their field `License`, then their classifiers.
_SPELLED = {
    "apache": "Apache-2.0",
    "apache 2.0": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "3-clause bsd license": "BSD-3-Clause",
    "bsd 3-clause license": "BSD-3-Clause",
    "bsd 2-clause license": "BSD-2-Clause",
    "bsd": "BSD-3-Clause",
    "bsd license": "BSD-3-Clause",
    "mit license": "MIT",
    "isc license": "ISC",
    "isc license (iscl)": "ISC",
    "psfl": "PSF-2.0",
    "sil ofl 1.1": "OFL-1.1",
    "python software foundation license": "PSF-2.0",
    "the unlicense (unlicense)": "Unlicense",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
}
# Packages that say it in no field, or that not every machine installs: what their own text says.
KNOWN = {
    "async-timeout": "Apache-2.0",
    "cffi": "MIT",
    "colorama": "BSD-3-Clause",
    "face": "BSD-3-Clause",
    "peewee": "MIT",
    "pycparser": "BSD-3-Clause",
    "pywin32": "PSF-2.0",
}
# What these pin are programs that run beside our code, for a developer or in a workflow, and that are given to nobody.
PROGRAMS = ("audit", "bindings", "checkov", "client", "drills", "kubernetes", "patroni", "terraform", "workflows")


def complaints(root: Path = tree.ROOT, folders: Iterable[Path] | None = None) -> list[str]:
    """A complaint about each pinned package whose licence is not allowed, or not known."""
    installed = licences(tree.packages() if folders is None else folders)
    wrong = []
    for path in sorted((root / "requirements").glob("*.txt")):
        if path.stem in PROGRAMS:
            continue
        stated = {name: installed.get(name) or KNOWN.get(name, "") for name in pins.python(path)}
        wrong += list(_judged(path.relative_to(root), stated))
    for name in tree.files(root, "*package-lock.json"):
        wrong += list(_judged(Path(name), pins.npm(root / name)))
    return wrong


def _judged(path: Path, stated: Mapping[str, str]) -> Iterator[str]:
    for name, licence in sorted(stated.items()):
        if not licence:
            yield f"{path}: {name}: its licence is not known; read it, then add it to KNOWN in tools/gates/licences.py"
        elif not allowed(licence):
            yield f"{path}: {name}: {licence} is not allowed here"


def licences(folders: Iterable[Path]) -> dict[str, str]:
    """The licence of each installed package, as an SPDX expression where one can be told."""
    found: dict[str, str] = {}
    for distribution in distributions(path=[str(folder) for folder in folders]):
        found.setdefault(pins.normal(distribution.name), _licence(distribution))
    return found


def _licence(distribution: Distribution) -> str:
    metadata = distribution.metadata
    expression = metadata.get_all("License-Expression")
    if expression:
        return str(expression[0])
    named = [
        each.rpartition(" :: ")[2] for each in metadata.get_all("Classifier") or [] if each.startswith("License ::")
    ]
    written = str((metadata.get_all("License") or [""])[0]).strip()
    if written and "\n" not in written and allowed(_spelled(written)):
        return _spelled(written)
    spelled = [_spelled(each) for each in named if each != "OSI Approved"]
    return " OR ".join(spelled) or written.partition("\n")[0][:60]


def _spelled(text: str) -> str:
    return _SPELLED.get(text.lower(), text)


def allowed(expression: str) -> bool:
    """Whether an SPDX expression can be met with the allowed licences: of OR one part, of AND each."""
    return all(
        any(part.strip(" ()") in ALLOWED for part in re.split(r"\bOR\b", each))
        for each in re.split(r"\bAND\b", expression)
    )
