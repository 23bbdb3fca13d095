from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from chassis.values import Money
from chassis.web import schemas


class Person(schemas.Model):
    name: schemas.SingleLine
    email: schemas.Email


def test_unknown_fields_are_refused():
    with pytest.raises(ValidationError, match="extra_forbidden"):
        Person.model_validate({"name": "Ada", "email": "ada@example.com", "role": "admin"})


@pytest.mark.parametrize("text", ["a\x00b", "a\nb", "a\tb", "a\u2028b", "a\x85b", "a\u202eb", "", "   ", "x" * 201])
def test_a_single_line_refuses_line_breaks_and_controls(text):
    with pytest.raises(ValidationError):
        TypeAdapter(schemas.SingleLine).validate_python(text)


@pytest.mark.parametrize("text", ["a\x00b", "a\x1bb", "\ud800", "\uffff"])
def test_a_text_has_no_controls(text):
    with pytest.raises(ValidationError):
        TypeAdapter(schemas.Text).validate_python(text)


def test_a_text_may_have_lines_and_is_stripped():
    assert TypeAdapter(schemas.Text).validate_python(" a\n\tb ") == "a\n\tb"


@pytest.mark.parametrize(
    ("given_address", "canonical"),
    [("ADA@Example.COM", "ada@example.com"), ("zoé@exämple.com", "zoé@exämple.com")],
)
def test_an_address_has_one_form(given_address, canonical):
    assert TypeAdapter(schemas.Email).validate_python(given_address) == canonical


@pytest.mark.parametrize(
    "address", ["ada", "ada@", "@example.com", "a b@example.com", "a@b\x00.com", "a" * 250 + "@b.com", 5]
)
def test_what_is_no_address_is_refused(address):
    with pytest.raises(ValidationError):
        TypeAdapter(schemas.Email).validate_python(address)


@given(st.one_of(st.booleans(), st.floats(), st.text(), st.integers().filter(lambda n: not 1 <= n <= 999)))
def test_a_quantity_is_a_whole_number_from_1_to_999(value):
    with pytest.raises(ValidationError):
        TypeAdapter(schemas.Quantity).validate_python(value)


@pytest.mark.parametrize(("amount", "currency"), [(-1, "EUR"), (2**63, "EUR"), (1, "eur")])
def test_money_is_not_negative_fits_and_names_its_currency(amount, currency):
    with pytest.raises(ValidationError):
        schemas.MoneyModel.model_validate({"amount": amount, "currency": currency})


def test_a_difference_may_be_below_zero_and_is_written_like_money():
    assert schemas.SignedMoney.of(Money(-4, "KWD")).model_dump() == {"amount": -4, "currency": "KWD"}
    with pytest.raises(ValidationError):
        schemas.MoneyModel.of(Money(-4, "KWD"))


@pytest.mark.parametrize(
    "name",
    [
        *("Ada Lovelace", "J.R.R. Tolkien", "Dr.Who", "Prof.Dr.med. Müller", "St.John Smith", "A.Einstein", "李小龍"),
        *("نرگس\u200cپور", "ක්\u200dෂ", "Martin Luther King, Jr.", "Jean-Luc O'Neill", "Ph.D. Hopper"),
    ],
)
def test_names_of_people_in_any_script_are_accepted(name):
    assert TypeAdapter(schemas.PersonName).validate_python(f" {name} ") == name


UNSEEN = "\u202a\u2066\u2069\u200e\u200f\u061c\u200b\u200c\u200d\u2060\ufeff\u00ad\u3164\ue000"
LINKS = ("http://x", "www.win.example", "Win.Example", "t.co/x", "a.com", "WWW .x", "me@win.example", "x.ly")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        *((f"Ada{letter}Lovelace", "unseen_character") for letter in UNSEEN),
        *(("\u200dAda", "unseen_character"), ("\U000e0041Ada", "unseen_character")),
        *((f"Win at {link}", "link") for link in (*LINKS, "win\uff0eexample", "win\u3002example")),
        *(
            ("Ada\nLovelace", "line_break"),
            ("Ada\x00", "control_character"),
            ("Ada\u202e", "control_character"),
            ("x" * 121, "string_too_long"),
        ),
    ],
)
def test_a_name_with_hidden_characters_or_a_link_is_refused(name, code):
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(schemas.PersonName).validate_python(name)
    assert refused.value.errors()[0]["type"] == code


@pytest.mark.parametrize(
    ("email", "mailbox"),
    [
        ("ada@example.com", "ada@example.com"),
        ("a.d.a+shop@example.com", "ada@example.com"),
        ("+@example.com", "@example.com"),
        ("ada@sub.example.com", "ada@sub.example.com"),
    ],
)
def test_an_address_is_counted_by_its_mailbox(email, mailbox):
    assert schemas.mailbox_of(email) == mailbox


def test_prices_are_accepted_only_in_currencies_in_circulation():
    assert TypeAdapter(schemas.PriceCurrency).validate_python("ISK") == "ISK"
    for wrong in ("ZZZ", "XXX", "CLF", "isk", ""):
        with pytest.raises(ValidationError):
            TypeAdapter(schemas.PriceCurrency).validate_python(wrong)
