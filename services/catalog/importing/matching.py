"""Matches the variants of a file with the stored ones, by their options first, which a shopper sees, and then by their
SKU.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, permutations
from typing import TypeVar
from uuid import UUID

from catalog.importing.model import ProductDraft, ProductState, VariantDraft, VariantState

T = TypeVar("T")
K = TypeVar("K")
Pair = tuple[VariantDraft, VariantState]
Key = tuple[str, ...]
# Pairs of places: an option of the draft, and the same option of the stored product.
OptionMapping = tuple[tuple[int, int], ...]


@dataclass
class Match:
    """How the variants of a file and the stored ones of its product belong together.

    kept: drafts with the stored variant that each is. new: drafts of variants to be made. gone: variants on sale
    that no draft is. unknown: drafts that cannot be matched, with the number of variants that each could be. options:
    the product's options from now on. moved: stored variants that no draft is, with their values in the order of these
    options. fits: whether variants that are not in the file can stay under these options.
    """

    options: tuple[str, ...]
    kept: list[Pair] = field(default_factory=list)
    new: list[VariantDraft] = field(default_factory=list)
    gone: list[VariantState] = field(default_factory=list)
    unknown: list[tuple[VariantDraft, int]] = field(default_factory=list)
    moved: list[tuple[VariantState, tuple[str, ...]]] = field(default_factory=list)
    fits: bool = True


def match(draft: ProductDraft, state: ProductState) -> Match:
    """Match the drafts of a product with its stored variants.

    In this order: variants on sale by their options, then by their SKU, then retired ones by their options, then by
    their SKU. An SKU that several have or had identifies none of them. Without options (they are not in the file) only
    SKUs identify, unless there is only one variant.
    """
    if "options" not in draft.given:
        return _by_sku_alone(draft, state)
    mapping = _mapping(draft, state)
    found = Match(_names(draft, state, mapping))
    found.kept = _pairs(draft.variants, state.active, mapping)
    rest = _Unmatched(draft.variants, state.variants, found.kept)
    claimants = _by_skus(state.variants)
    unique = {sku: those for sku, those in claimants.items() if len(those) == 1}
    rest.take({sku: those for sku, those in unique.items() if those[0].active}, _identifying_sku)
    if len(mapping) == len(draft.options) == len(state.options):
        by_options = _grouped(state.variants, lambda now: _state_key(now, mapping))
        rest.take(by_options, lambda wanted: _draft_key(wanted, mapping), newest=True)
        found.moved = _moved(list(rest.states.values()), mapping, len(state.options))
    else:
        found.fits = draft.whole or not any(now.active for now in rest.states.values())
    rest.take(unique, _identifying_sku)
    found.new = list(rest.drafts.values())
    found.gone = [now for now in rest.states.values() if now.active]
    return found


def _by_sku_alone(draft: ProductDraft, state: ProductState) -> Match:
    found = Match(state.options)
    claimants, taken = _by_skus(state.variants), set[UUID]()
    for wanted in draft.variants:
        same = [now for now in claimants.get(wanted.sku, ()) if now.id not in taken]
        same = [now for now in same if now.active] or same
        if not same and len(draft.variants) == len(state.active) == 1:
            same = list(state.active)
        if len(same) == 1:
            found.kept.append((wanted, same[0]))
            taken.add(same[0].id)
        else:
            found.unknown.append((wanted, len(same)))
    return found


def _by_skus(states: Sequence[VariantState]) -> dict[str, list[VariantState]]:
    """Which variants have each SKU, or would have it if no other had it."""
    found: dict[str, list[VariantState]] = defaultdict(list)
    for state in states:
        for sku in state.skus:
            found[sku].append(state)
    return found


def _identifying_sku(draft: VariantDraft) -> str | None:
    """The draft's SKU; None: it has none, or one that other drafts have too."""
    return None if draft.shared else draft.sku or None


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _mapping(draft: ProductDraft, state: ProductState) -> OptionMapping:
    """Pair options with the same name; the others so that most variants match, in their order where that ties."""
    best: OptionMapping = ()
    most = 0
    for mappings in (_named(draft, state), _any(len(draft.options), len(state.options))):
        for mapping in mappings:
            met = len(_pairs(draft.variants, state.active, mapping))
            if met > most or (met == most and len(mapping) > len(best)):
                best, most = mapping, met
        if most:
            break
    return best


def _named(draft: ProductDraft, state: ProductState) -> Iterator[OptionMapping]:
    there = {_fold(name): place for place, name in enumerate(state.options)}
    named = draft.named or (True,) * len(draft.options)
    alike = {
        place: there[_fold(name)] for place, name in enumerate(draft.options) if named[place] and _fold(name) in there
    }
    drafts = [place for place in range(len(draft.options)) if place not in alike]
    states = [place for place in range(len(state.options)) if place not in alike.values()]
    for others in _assignments(drafts, states):
        yield (*alike.items(), *others)
    # An option was added, removed or replaced: the others identify a variant, or there was only one before.
    if (alike and all(named)) or not draft.options or not state.options:
        yield tuple(alike.items())


def _any(drafts: int, states: int) -> Iterator[OptionMapping]:
    yield from _assignments(range(drafts), range(states))


def _assignments(drafts: Sequence[int], states: Sequence[int]) -> Iterator[OptionMapping]:
    size = min(len(drafts), len(states))
    for chosen in combinations(drafts, size):
        for order in permutations(states, size):
            yield tuple(zip(chosen, order, strict=True))


def _draft_key(draft: VariantDraft, mapping: OptionMapping) -> Key:
    return tuple(_fold(draft.option_values[place]) for place, _ in mapping)


def _state_key(state: VariantState, mapping: OptionMapping) -> Key | None:
    """The values of the mapped options; None: the product had other options when the variant was last imported."""
    if any(place >= len(state.option_values) for _, place in mapping):
        return None
    return tuple(_fold(state.option_values[place]) for _, place in mapping)


def _pairs(drafts: Sequence[VariantDraft], states: Sequence[VariantState], mapping: OptionMapping) -> list[Pair]:
    """Drafts and variants with the same values, where only one of each has them."""
    wanted = _grouped(drafts, lambda draft: _draft_key(draft, mapping))
    present = _grouped(states, lambda state: _state_key(state, mapping))
    return [
        (these[0], present[key][0])
        for key, these in wanted.items()
        if len(these) == 1 and len(present.get(key, ())) == 1
    ]


def _grouped(things: Sequence[T], key: Callable[[T], Key | None]) -> dict[Key | None, list[T]]:
    found: dict[Key | None, list[T]] = defaultdict(list)
    for thing in things:
        found[key(thing)].append(thing)
    return found


class _Unmatched:
    """Drafts and stored variants that are not matched yet; matches are added to `kept`."""

    def __init__(self, drafts: Sequence[VariantDraft], states: Sequence[VariantState], kept: list[Pair]) -> None:
        matched = {id(draft) for draft, _ in kept}
        taken = {state.id for _, state in kept}
        self.kept = kept
        self.drafts = {id(draft): draft for draft in drafts if id(draft) not in matched}
        self.states = {state.id: state for state in states if state.id not in taken}

    def take(
        self,
        present: Mapping[K, list[VariantState]],
        key: Callable[[VariantDraft], K | None],
        *,
        newest: bool = False,
    ) -> None:
        """Match each draft with the only variant under its key. `newest`: of several, the one with the same SKU, or the
        latest.
        """
        for wanted in list(self.drafts.values()):
            place = key(wanted)
            same = [now for now in present.get(place, ()) if now.id in self.states] if place is not None else []
            if newest and len(same) > 1:
                same = [now for now in same if _identifying_sku(wanted) in now.skus][:1] or [max(same, key=_age)]
            if len(same) == 1:
                self.kept.append((wanted, same[0]))
                del self.drafts[id(wanted)], self.states[same[0].id]


def _age(state: VariantState) -> UUID:
    return state.id


def _names(draft: ProductDraft, state: ProductState, mapping: OptionMapping) -> tuple[str, ...]:
    """The product's option names: one that the draft does not name keeps its name."""
    there = dict(mapping)
    named = draft.named or (True,) * len(draft.options)
    return tuple(
        name if named[place] or place not in there else state.options[there[place]]
        for place, name in enumerate(draft.options)
    )


def _moved(
    states: Sequence[VariantState], mapping: OptionMapping, options: int
) -> list[tuple[VariantState, tuple[str, ...]]]:
    """The values of variants that no draft names, where the product's options have another order now."""
    order = [place for _, place in sorted(mapping)]
    if order == sorted(order):
        return []
    return [
        (state, tuple(state.option_values[place] for place in order))
        for state in states
        if len(state.option_values) == options
    ]
