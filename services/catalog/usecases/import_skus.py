"""Which SKU each imported variant gets. No two have one, so an SKU that several claim stays with the first of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from catalog.shopify import RowProblem
from catalog.shopify.codes import is_remnant
from catalog.store.import_states import Holder
from catalog.usecases.import_plan import Line, Plan

_MOST = 100  # characters of an SKU


def candidates(plans: Sequence[Plan]) -> list[str]:
    """All SKUs that `settle_skus` asks about."""
    return sorted({sku for plan in plans for line in plan.lines for sku in (line.wanted.sku, *_own(line))} - {""})


def settle_skus(plans: Sequence[Plan], holders: Mapping[str, Holder], problems: list[RowProblem]) -> None:
    """Set every line's SKU. holders: of the candidates, those that exist.

    A variant that is there keeps its SKU unless the file gives it another one that is free, or becomes free since its
    holder gets another one (so that two may exchange theirs). A new one whose SKU is taken gets one of its own.
    """
    lines = [(plan.draft.slug, line) for plan in plans for line in plan.lines]
    kept = [(slug, line) for slug, line in lines if line.now is not None]
    moving = _moving(kept, holders, problems)
    taken = {line.wanted.sku: line.id for line in moving.values()}
    taken |= {sku: holder.variant_id for sku, holder in holders.items() if holder.variant_id not in moving}
    for slug, line in kept:
        assert line.now is not None  # noqa: S101 -- that is what makes it kept
        line.sku = line.wanted.sku if line.id in moving else line.now.sku
        _mark(slug, line, holders, problems)
    for slug, line in lines:
        if line.now is None:
            free = (sku for sku in (line.wanted.sku, *_own(line)) if sku and sku not in taken)
            line.sku = next(free, f"NEW-{line.id.hex.upper()}")
            taken[line.sku] = line.id
            _mark(slug, line, holders, problems)


def _moving(
    lines: Sequence[tuple[str, Line]], holders: Mapping[str, Holder], problems: list[RowProblem]
) -> dict[UUID, Line]:
    """Variants that get the SKU they claim in place of the one they have."""
    claims: dict[str, Line] = {}
    for slug, line in lines:
        wanted, now = line.wanted.sku, line.now
        if now is None or not wanted or wanted == now.sku or _is_remnant(slug, line, now.sku, problems):
            continue
        claims.setdefault(wanted, line)
    moving = {line.id: line for line in claims.values()}
    while stuck := [line for line in moving.values() if _is_held(line, holders, moving)]:
        for line in stuck:
            del moving[line.id]
    return moving


def _is_held(line: Line, holders: Mapping[str, Holder], moving: Mapping[UUID, Line]) -> bool:
    holder = holders.get(line.wanted.sku)
    return holder is not None and holder.variant_id not in moving


def _is_remnant(slug: str, line: Line, present: str, problems: list[RowProblem]) -> bool:
    if not is_remnant(line.wanted.sku, present):
        return False
    message = f"The SKU {line.wanted.sku} looks like what a spreadsheet left of {present}, which stays."
    problems.append(RowProblem(line.wanted.row, slug, "Variant SKU", "sku_kept", message, "changed"))
    line.wanted = replace(line.wanted, sku=present)
    return True


def _own(line: Line) -> Iterator[str]:
    """SKUs for a variant that has none: the one its reader made, then one that hardly another can have."""
    derived = line.wanted.derived_sku
    if derived:
        yield derived
        yield f"{derived[: _MOST - 9].rstrip('-')}-{_digest(derived, *line.values)}"


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:8].upper()


def _mark(slug: str, line: Line, holders: Mapping[str, Holder], problems: list[RowProblem]) -> None:
    """Remember the SKU that the file gives, where it is another variant's."""
    given = line.wanted.sku
    shared = given if given and given != line.sku else None
    if not given and line.now is not None:
        shared = line.now.shared_sku
    line.wanted = replace(line.wanted, shared_sku=shared)
    if line.now is not None and given and line.sku != line.now.sku and given in holders:
        message = (
            f"The SKU {given} went from another variant to this one. Stock stays with the option values; check it."
        )
        problems.append(RowProblem(line.wanted.row, slug, "Variant SKU", "sku_moved", message, "changed"))
    if shared and given and not (line.now and line.now.shared_sku == shared):
        holder = holders.get(shared)
        whose = f"the product {holder.slug}" if holder else "a row above"
        message = (
            f"The SKU {shared} already belongs to a variant of {whose}. Stock is counted by SKU, so this one has "
            f"{line.sku}. Give it an SKU of its own and import again if you want another."
        )
        problems.append(RowProblem(line.wanted.row, slug, "Variant SKU", "duplicate_sku", message, "changed"))
