"""Refunds in any order, accepted late, failed or made elsewhere: invoice, credit notes and what is left agree."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.values import uuid7
from orders.checkout import Order
from orders.documents.domain.content import Content, checked, invoice_of
from orders.documents.domain.credit import credit_note_of, reversal_of
from orders.documents.domain.shipping_back import Credited
from orders.refunds.domain.amounts import after, calculate, spread
from orders.refunds.domain.parts import Amounts, Left, Wanted
from orders.tests.documents.examples import SELLER
from orders.tests.documents.golden_documents import credit_of, paid_order, sold
from orders.tests.pricing.orders_by_hand import Golden

PLACES: list[dict[str, Any]] = [
    {"currency": "EUR", "to": {"country": "DE", "postal_code": "10115"}},
    {"currency": "EUR", "to": {"country": "NL", "postal_code": "1012 AB"}},
    {"currency": "EUR", "to": {"country": "FR", "postal_code": "75011"}, "vat": "FR40303265045"},
    {"currency": "GBP", "to": {"country": "GB", "postal_code": "SW1Y 4LE"}},
    {"currency": "USD", "to": {"country": "US", "region": "NY", "postal_code": "11201"}},
    {"currency": "USD", "to": {"country": "US", "region": "CA", "postal_code": "90012"}},
    {"currency": "JPY", "to": {"country": "JP", "region": "Tokyo", "postal_code": "154-0023"}},
    {"currency": "KWD", "to": {"country": "KW", "postal_code": "13001"}},
]
CLASSES = ("standard", "reduced", "zero", "clothing", "none")
LINES = st.fixed_dictionaries(
    {"price": st.integers(1, 20_000), "quantity": st.integers(1, 4), "tax_class": st.sampled_from(CLASSES)}
)
ACTS = st.lists(
    st.tuples(
        st.sampled_from(("pieces", "shipping", "amount", "elsewhere", "accept", "accept", "fail", "late")), st.randoms()
    ),
    max_size=9,
)


@st.composite
def orders(draw: st.DrawFn) -> Order:
    place = draw(st.sampled_from(PLACES))
    off = {"title": "Off", "kind": "percent", "target": "order", "rate": draw(st.integers(1, 900_000)), "code": "OFF"}
    lines = draw(st.lists(LINES, min_size=1, max_size=4))
    given = {**place, "lines": lines, "discounts": [off] if draw(st.booleans()) else []}
    return paid_order(Golden("drawn", "any", given))


@dataclass
class Asked:
    """A refund; `note`: its credit note, once it was accepted."""

    made: Amounts
    note: Content | None = None

    @property
    def of_no_line(self) -> bool:
        return not self.made.goods and not self.made.shipping


@dataclass
class Model:
    order: Order
    refunds: list[Asked] = field(default_factory=list)
    notes: list[Content] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.invoice = invoice_of(self.order, SELLER)
        self.late: Amounts | None = None
        # Whether each credit note has the parts of its refund, and not its amount alone.
        self.parted = True

    @property
    def left(self) -> Left:
        """As refunds work it out: amounts that found no line to be of are spread over what the others leave."""
        left = sold(self.order)
        for each in self.refunds:
            left = after(left, each.made)
        alone = sum(each.made.amount for each in self.refunds if each.of_no_line)
        return replace(after(left, spread(left, alone)), amount=left.amount)

    def act(self, what: str, draw: Any) -> None:
        left, waiting = self.left, [each for each in self.refunds if each.note is None]
        most = left.amount // left.step * left.step
        match what:
            case "pieces":
                pieces = {line.position: draw.randint(0, line.quantity) for line in left.lines}
                self.ask(Wanted({position: count for position, count in pieces.items() if count}))
            case "shipping":
                self.ask(Wanted({}, draw.randint(0, left.shipping)))
            case "amount":
                self.ask(Wanted({}, amount=draw.randint(0, most // left.step) * left.step))
            case "elsewhere" if most:
                self.refunds.append(Asked(spread(left, draw.randint(1, most // left.step) * left.step)))
                self.accept(self.refunds[-1])
            case "accept" if waiting:
                self.accept(draw.choice(waiting))
            case "fail" if self.refunds:
                self.late = self.fail(draw.choice(self.refunds))
            case "late" if self.late and self.late.amount <= left.amount:
                # It failed, and was accepted after all: of what is left now, by its amount alone.
                self.refunds.append(Asked(Amounts(self.late.amount, (), 0, 0, self.late.amount)))
                self.late = None
                self.accept(self.refunds[-1])

    def ask(self, wanted: Wanted) -> None:
        made = calculate(self.left, wanted)
        if made.amount:
            self.refunds.append(Asked(made))

    def accept(self, refund: Asked) -> None:
        known = Credited("INV-1", self.invoice, tuple(self.notes))
        refund.note = credit_note_of(self.order, credit_of(refund.made, uuid7()), known, SELLER)
        self.notes.append(checked(refund.note))
        self.parted = self.parted and not refund.of_no_line
        if self.parted:
            assert sum(row.gross for row in refund.note.shipped) == refund.made.shipping
            lines = [line for line in refund.made.lines if line.quantity or line.gross]
            assert [row.gross for row in refund.note.lines] == [line.gross for line in lines]

    def fail(self, refund: Asked) -> Amounts:
        self.refunds.remove(refund)
        if refund.note is not None:
            self.notes.append(reversal_of(refund.note, "CN-1"))
        return refund.made

    def agree(self) -> None:
        credited = [(-1 if note.kind == "reversal" else 1, note) for note in self.notes]
        accepted = [each.made for each in self.refunds if each.note is not None]
        assert sum(sign * note.total for sign, note in credited) == sum(made.amount for made in accepted)
        for rate in self.invoice.taxes:
            mine = [(sign, each) for sign, note in credited for each in note.taxes if each.taxed == rate.taxed]
            net, tax = (sum(sign * getattr(each, name) for sign, each in mine) for name in ("net", "tax"))
            assert 0 <= net <= rate.net
            assert 0 <= tax <= rate.tax
        for row in self.invoice.shipped if self.parted else ():
            back = [(sign, each) for sign, note in credited for each in note.shipped if each.taxed == row.taxed]
            assert 0 <= sum(sign * each.gross for sign, each in back) <= row.gross
        assert {each.taxed for _, note in credited for each in note.taxes} <= {
            each.taxed for each in self.invoice.taxes
        }


@settings(max_examples=150, deadline=None)
@given(order=orders(), acts=ACTS)
def test_documents_agree_with_what_went_back_whatever_happens(order: Order, acts: list[tuple[str, Any]]) -> None:
    model = Model(order)
    for what, draw in acts:
        model.act(what, draw)
        model.agree()
    model.ask(Wanted({}, whole=True))
    for each in [each for each in model.refunds if each.note is None]:
        model.accept(each)
        model.agree()
    assert model.left.amount == 0
    signed = [(-1 if note.kind == "reversal" else 1, note) for note in model.notes]
    assert sum(sign * note.total for sign, note in signed) == order.total
    assert sum(sign * note.tax for sign, note in signed) == order.tax
