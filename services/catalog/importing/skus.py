"""Assigns the SKUs of imported variants. An SKU is unique, so the first of several variants that claim it gets it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from catalog.importing.batch import Batch
from catalog.importing.plan import ProductPlan, VariantPlan
from catalog.importing.reads import SkuHolder
from catalog.importing.shopify.codes import is_remnant
from catalog.importing.shopify.export import MAX_SKU
from catalog.importing.shopify.text import digest


def candidates(plans: Sequence[ProductPlan]) -> list[str]:
    """All SKUs that `settle_skus` asks about."""
    skus = {sku for plan in plans for variant in plan.variants for sku in (variant.claimed, *_own(variant))}
    return sorted(skus - {""})


def settle_skus(plans: Sequence[ProductPlan], holders: Mapping[str, SkuHolder], batch: Batch) -> None:
    """Set every variant's SKU. holders: of the candidates, those that exist.

    A variant that is there keeps its SKU unless the file gives it another one that is free, or becomes free since its
    holder gets another one (so that two may exchange theirs). A new one whose SKU is taken gets one of its own.
    """
    variants = [variant for plan in plans for variant in plan.variants]
    moving = _moving(variants, holders, batch)
    taken = {variant.claimed: variant.wanted.id for variant in moving.values()}
    taken |= {sku: holder.variant_id for sku, holder in holders.items() if holder.variant_id not in moving}
    for variant in variants:
        if variant.now is not None:
            _set(variant, variant.claimed if variant.wanted.id in moving else variant.now.sku, holders, batch)
    for variant in variants:
        if variant.now is None:
            free = (sku for sku in (variant.claimed, *_own(variant)) if sku and sku not in taken)
            sku = next(free, f"NEW-{variant.wanted.id.hex.upper()}")
            taken[sku] = variant.wanted.id
            _set(variant, sku, holders, batch)


def _moving(variants: Sequence[VariantPlan], holders: Mapping[str, SkuHolder], batch: Batch) -> dict[UUID, VariantPlan]:
    """Variants that get the SKU they claim in place of the one they have."""
    claims: dict[str, VariantPlan] = {}
    for variant in variants:
        if variant.now is None or variant.claimed in {"", variant.now.sku}:
            continue
        if is_remnant(variant.claimed, variant.now.sku):
            message = f"The SKU {variant.claimed} looks like a damaged {variant.now.sku}, which was kept."
            _report(variant, "sku_kept", message, batch)
            variant.claimed = variant.now.sku
        else:
            claims.setdefault(variant.claimed, variant)
    moving = {variant.wanted.id: variant for variant in claims.values()}
    while stuck := [variant for variant in moving.values() if _is_held(variant, holders, moving)]:
        for variant in stuck:
            del moving[variant.wanted.id]
    return moving


def _is_held(variant: VariantPlan, holders: Mapping[str, SkuHolder], moving: Mapping[UUID, VariantPlan]) -> bool:
    holder = holders.get(variant.claimed)
    return holder is not None and holder.variant_id not in moving


def _own(variant: VariantPlan) -> Iterator[str]:
    """SKUs for a variant whose own is missing or taken: the derived one, then the same with a digest."""
    derived = variant.draft.derived_sku
    if derived:
        yield derived
        yield f"{derived[: MAX_SKU - 9].rstrip('-')}-{digest(derived, *variant.wanted.option_values).upper()}"


def _set(variant: VariantPlan, sku: str, holders: Mapping[str, SkuHolder], batch: Batch) -> None:
    """Set the SKU, and remember the one that the file gives where it is another variant's."""
    claimed, now = variant.claimed, variant.now
    shared = claimed if claimed != sku else None
    if not claimed:
        shared = now.shared_sku if now else None
    variant.wanted = replace(variant.wanted, sku=sku, shared_sku=shared)
    if now is not None and claimed and sku != now.sku and claimed in holders:
        message = f"The SKU {claimed} was moved here from another variant; the stock was not. Check the stock of both."
        _report(variant, "sku_moved", message, batch)
    if shared and claimed and not (now and now.shared_sku == shared):
        holder = holders.get(shared)
        whose = f"the product {holder.slug}" if holder else "a row above"
        message = (
            f"The SKU {shared} already belongs to a variant of {whose}. Stock is counted by SKU, so this one got "
            f"{sku}. Give it an SKU of its own and import again if you want another."
        )
        _report(variant, "duplicate_sku", message, batch)


def _report(variant: VariantPlan, code: str, message: str, batch: Batch) -> None:
    batch.report("changed", variant.slug, variant.draft.row, code, message, column="Variant SKU")
