"""Limits of unpaid orders: of their number, their units, and their units of one variant.

Counted by holder (an account, or a guest's cart), by address and by network: made-up carts share an
address, and many addresses of one person share a network. Customers and guests are counted apart there, since guests
cost nothing to make: they reach the limit of guests, and customers can go on. One piece for a holder who holds nothing
else is never refused for the pieces of others, so that a whole school behind one address can buy.

What is paid by bank transfer or in cash is held for days. So such orders have limits of their own beside these, from
which nothing is exempt: few orders, and a small share of each variant.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

# More orders than are ever being written at one moment: there are fewer connections to the database.
AT_ONCE = 300


class Scope(StrEnum):
    """Whose limit it is, the narrowest first."""

    HOLDER = "holder"
    ADDRESS = "address"
    NETWORK = "network"


class Kind(StrEnum):
    """What there is too much of."""

    ORDERS = "orders"
    UNITS = "units"
    VARIANT = "variant"
    LAPSED = "lapsed"  # orders of the last 24 hours that ended unpaid
    MANUAL = "manual"  # orders that are to be paid by bank transfer or in cash
    MANUAL_VARIANT = "manual_variant"  # their pieces of one variant


@dataclass(frozen=True, slots=True)
class Limit:
    """The most of each kind."""

    orders: int
    units: int
    lapsed: int
    manual: int


@dataclass(frozen=True, slots=True)
class Share:
    """`pieces` of a variant are allowed in any case, and `percent` of those that can be had."""

    pieces: int
    percent: int

    def of(self, available: int) -> int:
        """How many pieces are allowed where so many can be had."""
        return max(self.pieces, available * self.percent // 100)


@dataclass(frozen=True, slots=True)
class Rules:
    """`share`: of a holder and of an address. `manual_share`: the same of orders that take days to
    pay; in a network `share` is theirs.
    """

    limits: Mapping[Scope, Limit]
    share: Share
    manual_share: Share


@dataclass(frozen=True, slots=True)
class HoldTotals:
    """What is held unpaid now. For an address and a network, units and pieces are those beyond first single ones.
    `manual`, `manual_pieces`: orders that take days to pay, whose units are counted for the holder alone, and all of
    their pieces.
    """

    orders: int = 0
    units: int = 0
    lapsed: int = 0
    pieces: Mapping[UUID, int] = field(default_factory=dict)
    manual: int = 0
    manual_pieces: Mapping[UUID, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewHold:
    """A new order: pieces by variant, and how many of each can be had where that is counted.

    That may have been asked a moment ago, so it is taken as it is: added to what is held since, it would count twice.
    """

    wanted: Mapping[UUID, int]
    available: Mapping[UUID, int]
    signed_in: bool
    manual: bool = False

    @property
    def units(self) -> int:
        """Units of all variants together."""
        return sum(self.wanted.values())


@dataclass(frozen=True, slots=True)
class Refusal:
    """`allowed` of `kind`; of `variant_id`, where it is about one."""

    scope: Scope
    kind: Kind
    allowed: int
    variant_id: UUID | None = None


def is_first(new_hold: NewHold, holder: HoldTotals) -> bool:
    """Whether it is one piece for somebody who holds nothing else."""
    return new_hold.units == 1 and holder.orders == 0


def crowded(new_hold: NewHold, held: Mapping[Scope, HoldTotals], rules: Rules) -> bool:
    """Whether others who order at the same moment, unseen yet, could matter: then they have to wait for one another.

    What takes days to pay is rare, and always counted alone. For a first piece others cannot matter: only the number of
    orders may refuse it, where that is far from its limit.
    """
    near = (held[scope].orders + AT_ONCE > rules.limits[scope].orders for scope in (Scope.ADDRESS, Scope.NETWORK))
    return new_hold.manual or not is_first(new_hold, held[Scope.HOLDER]) or any(near)


def refusal(new_hold: NewHold, held: Mapping[Scope, HoldTotals], rules: Rules) -> Refusal | None:
    """Why the order may not be placed now; None if it may.

    A customer's first piece passes whatever happens at their address: accounts cannot be made up by the hundred.
    """
    first = is_first(new_hold, held[Scope.HOLDER])
    for scope in Scope:
        if scope is not Scope.HOLDER and first and new_hold.signed_in:
            break
        found = _counted(scope, held[scope], rules.limits[scope])
        if found is None and not first:
            found = _sized(scope, new_hold, held[scope], rules)
        if found is not None:
            return found
    return _manual(new_hold, held, rules) if new_hold.manual else None


def _manual(new_hold: NewHold, held: Mapping[Scope, HoldTotals], rules: Rules) -> Refusal | None:
    for scope in Scope:
        most, found = rules.limits[scope].manual, held[scope]
        if found.manual >= most:
            return Refusal(scope, Kind.MANUAL, most)
        share = rules.share if scope is Scope.NETWORK else rules.manual_share
        refused = _shared(new_hold, found.manual_pieces, share)
        if refused is not None:
            return Refusal(scope, Kind.MANUAL_VARIANT, *refused)
    return None


def _shared(new_hold: NewHold, pieces: Mapping[UUID, int], share: Share) -> tuple[int, UUID] | None:
    """How many pieces are allowed, and of which variant more are wanted; None where all are within the share."""
    for variant_id, quantity in new_hold.wanted.items():
        if variant_id in new_hold.available:
            allowed = share.of(new_hold.available[variant_id])
            if pieces.get(variant_id, 0) + quantity > allowed:
                return allowed, variant_id
    return None


def _counted(scope: Scope, held: HoldTotals, limit: Limit) -> Refusal | None:
    if held.orders >= limit.orders:
        return Refusal(scope, Kind.ORDERS, limit.orders)
    if held.lapsed >= limit.lapsed:
        return Refusal(scope, Kind.LAPSED, limit.lapsed)
    return None


def _sized(scope: Scope, new_hold: NewHold, held: HoldTotals, rules: Rules) -> Refusal | None:
    limit = rules.limits[scope]
    if held.units + new_hold.units > limit.units:
        return Refusal(scope, Kind.UNITS, limit.units)
    if scope is Scope.NETWORK:
        return None
    refused = _shared(new_hold, held.pieces, rules.share)
    return None if refused is None else Refusal(scope, Kind.VARIANT, *refused)
