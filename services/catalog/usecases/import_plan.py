"""What an import makes of one product: which of its variants are there, what each is to be, and what is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from catalog.domain.matching import Match, match
from catalog.domain.products import ProductDraft, ProductState, VariantDraft, VariantState
from catalog.shopify import RowProblem
from catalog.usecases.import_values import product_fields, settle
from chassis.values import uuid7


@dataclass(frozen=True)
class Options:
    """currency: of the prices. overwrite_stock: also of variants that are here. only_new: products that are here, or
    whose SKU is, are left as they are. remove_prices: a currency whose prices the products in the import lose, but for
    those it sets. account_id: who imports, if known.
    """

    currency: str
    overwrite_stock: bool = False
    only_new: bool = False
    remove_prices: str | None = None
    account_id: UUID | None = None


@dataclass
class Line:
    """A variant to be written; `now` None: it is new. `sku` is settled last, since it depends on all others."""

    wanted: VariantDraft
    now: VariantState | None
    id: UUID
    position: int
    sku: str
    values: tuple[str, ...]
    active: bool = True


@dataclass
class Plan:
    """A product to be written. `fields` as in ProductState. moved: variants whose option values change their order."""

    draft: ProductDraft
    state: ProductState | None
    fields: tuple[object, ...]
    lines: list[Line] = field(default_factory=list)
    retired: list[VariantState] = field(default_factory=list)
    moved: list[tuple[VariantState, tuple[str, ...]]] = field(default_factory=list)


def plan(draft: ProductDraft, state: ProductState | None, options: Options, problems: list[RowProblem]) -> Plan | None:
    """None: nothing of it can be taken; `problems` tells why."""
    made = _new(draft, problems) if state is None else _known(draft, state, options, problems)
    if made is None or (state is None and not made.lines):
        _refuse_rest(draft, problems)
        return None
    return made


def _refuse(draft: ProductDraft, row: int, code: str, column: str, message: str, problems: list[RowProblem]) -> None:
    problems.append(RowProblem(row, draft.slug, column, code, message, "refused"))


def _refuse_rest(draft: ProductDraft, problems: list[RowProblem]) -> None:
    refused = {problem.row for problem in problems if problem.severity == "refused"}
    first = next((row for row in draft.rows if row in refused), draft.rows[0])
    for row in sorted(set(draft.rows) - refused):
        message = f"The row was left out with its product; see row {first}."
        problems.append(RowProblem(row, draft.slug, None, "product_refused", message, "refused"))


def _new(draft: ProductDraft, problems: list[RowProblem]) -> Plan | None:
    lead = draft.rows[0]
    if not draft.title or "title" not in draft.given:
        message = f"There is no product {draft.slug} in the shop yet, and a new one needs a title. Fill it in."
        _refuse(draft, lead, "no_title", "Title", message, problems)
        return None
    if not draft.variants:
        message = f"There is no product {draft.slug} in the shop yet, and a new one needs a price (0 if it is free)."
        _refuse(draft, lead, "no_price", "Variant Price", message, problems)
        return None
    priced = _priced(draft, draft.variants, problems)
    priced = _with_a_place(draft, priced, problems)
    if any(variant.row == lead for variant in draft.variants) and not any(variant.row == lead for variant in priced):
        return None
    made = Plan(draft, None, product_fields(draft, None, draft.options, problems))
    made.lines = [_new_line(variant, place) for place, variant in enumerate(priced, 1)]
    return made


def _priced(draft: ProductDraft, variants: Sequence[VariantDraft], problems: list[RowProblem]) -> list[VariantDraft]:
    """Those that have what a new variant needs."""
    for variant in variants:
        if variant.price is None:
            message = "The variant is not in the shop yet, so it needs a price (0 if it is free). Fill it in."
            _refuse(draft, variant.row, "no_price", "Variant Price", message, problems)
    return [variant for variant in variants if variant.price is not None]


def _with_a_place(draft: ProductDraft, variants: list[VariantDraft], problems: list[RowProblem]) -> list[VariantDraft]:
    """Without options there is place for one."""
    if "options" in draft.given:
        return variants
    for variant in variants[1:]:
        message = f"Row {variants[0].row} already is the variant with no options. Give this one other option values."
        _refuse(draft, variant.row, "duplicate_variant", "Option1 Value", message, problems)
    return variants[:1]


def _new_line(variant: VariantDraft, position: int) -> Line:
    above = variant.compare_at is not None and variant.price is not None and variant.compare_at > variant.price
    wanted = replace(variant, compare_at=variant.compare_at if above else None)
    return Line(wanted, None, uuid7(), position, variant.sku, variant.option_values)


def _known(draft: ProductDraft, state: ProductState, options: Options, problems: list[RowProblem]) -> Plan | None:
    if not draft.variants:
        return Plan(draft, state, product_fields(draft, state, state.options, problems))
    found = match(draft, state)
    if not found.fits:
        message = (
            f"The product has the options {', '.join(state.options) or 'none'} and the file says "
            f"{', '.join(found.options) or 'none'}, but does not hold all its variants. Import all its rows together."
        )
        _refuse(draft, draft.rows[0], "options_differ", "Option1 Name", message, problems)
        return None
    for variant, candidates in found.unknown:
        _refuse(draft, variant.row, "which_variant", "Variant SKU", _which(variant, state, candidates), problems)
    made = Plan(draft, state, product_fields(draft, state, found.options, problems), moved=found.moved)
    made.retired = _retired(draft, found)
    made.lines = _lines(draft, state, found, options, problems)
    problems += [_retirement(draft, gone) for gone in made.retired]
    return made


def _which(variant: VariantDraft, state: ProductState, candidates: int) -> str:
    named = f"the SKU {variant.sku}" if variant.sku else "no SKU and no options"
    if candidates:
        return f"The row names {named}, which {candidates} variants of {state.slug} share. Add its option values."
    return (
        f"The row names {named}, and {state.slug} has {len(state.active)} variants, none of them known by that. "
        "Add its option values or correct its SKU (spreadsheets take away zeros), and import again."
    )


def _lines(
    draft: ProductDraft, state: ProductState, found: Match, options: Options, problems: list[RowProblem]
) -> list[Line]:
    listed = "options" in draft.given
    places = {id(variant): place for place, variant in enumerate(draft.variants, 1)}
    lines = []
    remove = options.remove_prices == options.currency
    for variant, now in found.kept:
        wanted = settle(draft.slug, variant, now, problems, remove_price=remove)
        place = places[id(variant)] if draft.whole and listed else now.position
        values = variant.option_values if listed else now.option_values
        lines.append(Line(wanted, now, now.id, place, variant.sku, values, active=listed or now.active))
    last = max((now.position for now in state.variants), default=0)
    for count, variant in enumerate(_priced(draft, found.new, problems), 1):
        lines.append(_new_line(variant, places[id(variant)] if draft.whole else last + count))
    return sorted(lines, key=lambda line: line.wanted.row)


def _retired(draft: ProductDraft, found: Match) -> list[VariantState]:
    """Variants that have left the product. Where the file does not hold all, only those whose place is taken."""
    if draft.whole:
        return found.gone
    taken = {variant.option_values for variant in draft.variants}
    return [state for state in found.gone if state.option_values in taken]


def _retirement(draft: ProductDraft, gone: VariantState) -> RowProblem:
    what = " / ".join(gone.option_values) or "without options"
    message = (
        f"The variant {what} ({gone.sku}) is not among this product's rows any more, so it is no longer sold. Its "
        "stock is kept, and it is sold again as soon as a file holds it."
    )
    return RowProblem(draft.rows[0], draft.slug, None, "variant_retired", message, "notice")
