"""Which layers an environment has: the folders live/<environment>/<NN-name>, in the order of their names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from deploy.refusal import MISUSED, Refusal

_KINDS = ("development", "staging", "production")
_LAYER = re.compile(r"\d\d-[a-z][a-z0-9-]*")


@dataclass(frozen=True)
class Layer:
    """One root of Terraform: its own state, applied as a whole."""

    environment: str
    name: str
    folder: Path


def kind(environment: str) -> str:
    """What an environment is, by its name's first word: production-2, a further cell, is a production too."""
    return environment.split("-", maxsplit=1)[0]


def guarded(environment: str) -> bool:
    """Whether people depend on it: it is held to more, and harder to take down. So is what bears a name of its own."""
    return kind(environment) != "development"


def environments(tree: Path) -> list[str]:
    """The environments of a tree, those with the fewest guards first."""
    live = tree / "live"
    found = sorted(path.name for path in live.iterdir() if path.is_dir()) if live.is_dir() else []
    return sorted(found, key=lambda name: (_KINDS.index(kind(name)) if kind(name) in _KINDS else -1, name))


def layers(tree: Path, environment: str) -> list[Layer]:
    """An environment's layers, the first to be applied first.

    Raises:
        Refusal: when the tree has no such environment, or it has no layer.
    """
    known = environments(tree)
    if environment not in known:
        raise Refusal(
            f"There is no environment {environment!r} in {tree / 'live'}. There is: {', '.join(known) or 'none'}.",
            MISUSED,
        )
    folders = sorted((tree / "live" / environment).iterdir())
    found = [
        Layer(environment, folder.name, folder)
        for folder in folders
        if _LAYER.fullmatch(folder.name) and any(folder.glob("*.tf"))
    ]
    if not found:
        raise Refusal(f"{tree / 'live' / environment} has no layer: a folder such as 10-foundation with .tf files.")
    return found


def chosen(all_layers: list[Layer], only: str | None) -> list[Layer]:
    """All layers, or the one that `only` names, in full (30-data) or without its number (data).

    Raises:
        Refusal: when there is no such layer.
    """
    if only is None:
        return all_layers
    found = [layer for layer in all_layers if only in {layer.name, layer.name[3:]}]
    if not found:
        names = ", ".join(layer.name for layer in all_layers)
        raise Refusal(f"There is no layer {only!r}. There is: {names}.", MISUSED)
    return found
