"""Limits of unpaid orders: of their number, their units, and their units of one variant.

Counted by holder (an account, or a guest's cart), by address and by network: made-up carts share an
address, and many addresses of one person share a network. Customers and guests are counted apart there, since guests
cost nothing to make: they reach the limit of guests, and customers can go on. One piece for a holder who holds nothing
else is never refused for the pieces of others, so that a whole school behind one address can buy.
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


@dataclass(frozen=True, slots=True)
class Limit:
    """The most of each kind."""

    orders: int
    units: int
    lapsed: int


@dataclass(frozen=True, slots=True)
class Rules:
    """`pieces` of a variant are allowed in any case, and `percent` of those that can be had."""

    limits: Mapping[Scope, Limit]
    pieces: int
    percent: int


@dataclass(frozen=True, slots=True)
class HoldTotals:
    """What is held unpaid now. For an address and a network, units and pieces are those beyond first single ones."""

    orders: int = 0
    units: int = 0
    lapsed: int = 0
    pieces: Mapping[UUID, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewHold:
    """A new order: pieces by variant, and how many of each can be had where that is counted.

    That may have been asked a moment ago, so it is taken as it is: added to what is held since, it would count twice.
    """

    wanted: Mapping[UUID, int]
    available: Mapping[UUID, int]
    signed_in: bool

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

    They cannot for a first piece, which only the number of orders may refuse, where that is far from its limit.
    """
    near = (held[scope].orders + AT_ONCE > rules.limits[scope].orders for scope in (Scope.ADDRESS, Scope.NETWORK))
    return not is_first(new_hold, held[Scope.HOLDER]) or any(near)


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
    for variant_id, quantity in new_hold.wanted.items():
        mine = held.pieces.get(variant_id, 0)
        if variant_id in new_hold.available:
            allowed = max(rules.pieces, new_hold.available[variant_id] * rules.percent // 100)
            if mine + quantity > allowed:
                return Refusal(scope, Kind.VARIANT, allowed, variant_id)
    return None
