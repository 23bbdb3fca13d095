"""Operations that `proofs.examples` does not ask by their examples, each with what it lacks: none at present."""

from __future__ import annotations

NOT_WALKED: frozenset[str] = frozenset()
