"""The tree of categories."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import msgspec

MOST = 1_000
DEEPEST = 6


class Node(msgspec.Struct, frozen=True):
    """A category and its parent; None: it stands at the top."""

    id: UUID
    parent_id: UUID | None
    depth: int


def below(nodes: Iterable[Node], top: UUID) -> dict[UUID, int]:
    """The category `top` and all below it, each with its depth."""
    children: dict[UUID | None, list[Node]] = {}
    depths: dict[UUID, int] = {}
    for node in nodes:
        children.setdefault(node.parent_id, []).append(node)
        if node.id == top:
            depths[top] = node.depth
    waiting = [top]
    while waiting:
        for node in children.get(waiting.pop(), ()):
            depths[node.id] = node.depth
            waiting.append(node.id)
    return depths
