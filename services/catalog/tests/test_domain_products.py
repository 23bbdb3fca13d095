from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from catalog.domain.products import is_slug, variant_title
from catalog.importing.matching import Match
from catalog.importing.matching import match as match_products
from catalog.importing.model import ProductDraft, ProductState, VariantDraft, VariantState

NAMES = st.sampled_from(["A", "B", "C", "D", "E"])


def draft(sku: str, *options: str) -> VariantDraft:
    return VariantDraft(sku, options, 100)


def state(number: int, sku: str, *options: str, active: bool = True) -> VariantState:
    return VariantState(
        id=UUID(int=number),
        sku=sku,
        option_values=options,
        position=number,
        weight_grams=None,
        barcode=None,
        requires_shipping=True,
        taxable=True,
        media_id=None,
        active=active,
        price=100,
        compare_at=None,
    )


DRAFT = ProductDraft("p", "P", "", "", "", (), ("Colour",), "active", (), ())


def match(drafts: Sequence[VariantDraft], states: Sequence[VariantState], *options: str) -> Match:
    """The product has these options, in the drafts too; Colour, if none is named."""
    names = options or ("Colour",)
    present = ProductState(UUID(int=0), "p", options=names, variants=tuple(states))
    return match_products(replace(DRAFT, variants=tuple(drafts), options=names), present)


def test_a_variant_is_the_same_by_its_sku_whatever_its_options_are_now():
    found = match([draft("A", "red")], [state(1, "A", "blue")])
    assert [(wanted.sku, now.id) for wanted, now in found.kept] == [("A", UUID(int=1))]
    assert not found.new
    assert not found.gone


def test_a_variant_with_a_new_sku_is_the_same_by_its_options():
    found = match([draft("NEW", "red")], [state(1, "OLD", "red"), state(2, "B", "blue")])
    assert [(wanted.sku, now.sku) for wanted, now in found.kept] == [("NEW", "OLD")]
    assert [now.sku for now in found.gone] == ["B"]


def product(names: list[str], *variants: VariantState) -> ProductState:
    return ProductState(UUID(int=0), "p", options=tuple(names), variants=variants)


def drafts(names: list[str], *variants: VariantDraft, named: bool = True, **fields: Any) -> ProductDraft:
    made = replace(DRAFT, options=tuple(names), variants=variants, named=(named,) * len(names))
    return replace(made, **fields)


def kept(found: Match) -> list[tuple[str, int]]:
    return [(wanted.sku, now.id.int) for wanted, now in found.kept]


def test_options_are_matched_by_name_in_any_order():
    here = product(
        ["Size", "Wide"], state(1, "A", "1", "2"), state(2, "B", "2", "1"), state(3, "C", "3", "3", active=False)
    )
    found = match_products(drafts(["Wide", "Size"], draft("", "2", "1")), here)
    assert kept(found) == [("", 1)]
    assert [(now.sku, values) for now, values in found.moved] == [("B", ("1", "2")), ("C", ("3", "3"))]
    assert [now.sku for now in found.gone] == ["B"]


def test_renamed_options_are_matched_by_their_values():
    here = product(["Size", "Colour"], state(1, "A", "S", "Red"), state(2, "B", "M", "Red"))
    found = match_products(drafts(["Farbe", "Gr\u00f6\u00dfe"], draft("", "red", "s"), draft("", "red", "m")), here)
    assert kept(found) == [("", 1), ("", 2)]
    unnamed = match_products(drafts(["Option 1", "Option 2"], draft("", "M", "Red"), named=False), here)
    assert (kept(unnamed), unnamed.options) == ([("", 2)], ("Size", "Colour"))


def test_with_an_option_added_or_removed_the_others_match_variants():
    here = product(["Size"], state(1, "A", "S"), state(2, "B", "M"))
    added = match_products(drafts(["Size", "Stuff"], draft("", "M", "Oak"), draft("", "S", "Oak")), here)
    assert kept(added) == [("", 2), ("", 1)]
    twice = match_products(drafts(["Size", "Stuff"], draft("", "M", "Oak"), draft("", "M", "Ash")), here)
    assert (kept(twice), len(twice.new), len(twice.gone)) == ([], 2, 2)
    part = match_products(drafts(["Size", "Stuff"], draft("", "M", "Oak"), whole=False), here)
    assert not part.fits


def test_an_sku_of_several_variants_matches_none():
    shared = [state(1, "X", "S"), replace(state(2, "P-M", "M"), shared_sku="X")]
    assert kept(match([draft("X", "L")], shared)) == []
    found = match_products(drafts([], draft("X"), given=frozenset()), product(["Size"], *shared))
    assert [(wanted.sku, count) for wanted, count in found.unknown] == [("X", 2)]
    twins = [replace(draft("X", "L"), shared=True), replace(draft("X", "XL"), shared=True)]
    assert kept(match(twins, [state(1, "X", "S")])) == []


def test_of_several_retired_variants_with_the_same_options_the_one_with_the_sku_comes_back_or_the_latest():
    old = [state(number, f"OLD-{number}", "red", active=False) for number in (1, 2, 3)]
    assert kept(match([draft("OLD-1", "red")], old)) == [("OLD-1", 1)]
    assert kept(match([draft("NEW", "red")], old)) == [("NEW", 3)]


def test_a_retired_variant_comes_back_by_its_sku_and_is_not_gone_again():
    retired = state(1, "A", "red", active=False)
    assert match([draft("A", "red")], [retired]).kept[0][1] is retired
    assert match([draft("B", "red")], [retired]).gone == []
    # A person chooses red, whatever its SKU was.
    assert match([draft("B", "red")], [retired]).kept[0][1] is retired


@given(st.dictionaries(NAMES, NAMES), st.dictionaries(NAMES, NAMES))
def test_every_draft_is_kept_or_new_and_every_state_is_matched_once(wanted: dict[str, str], present: dict[str, str]):
    # By option value to SKU, so that both are unique as they are in a product.
    drafts = [draft(sku, option) for option, sku in {v: k for k, v in wanted.items()}.items()]
    states = [state(n, sku, option) for n, (option, sku) in enumerate({v: k for k, v in present.items()}.items(), 1)]
    found = match(drafts, states)
    assert len(found.kept) + len(found.new) == len(drafts)
    assert len({now.id for _, now in found.kept}) == len(found.kept)
    assert len(found.kept) + len(found.gone) == len(states)


def test_the_title_of_a_variant_tells_its_choices():
    assert variant_title(["30 x 40", "Oak"]) == "30 x 40 / Oak"
    assert variant_title([]) == ""


def test_a_slug_has_lower_case_letters_digits_and_single_hyphens():
    assert all(map(is_slug, ["a", "tide-no-4", "a" * 200]))
    assert not any(map(is_slug, ["", "A", "-a", "a--b", "a\n", "a" * 201, "é", "a/b", "a\x00"]))
