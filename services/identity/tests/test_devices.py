from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from chassis.values import uuid7
from identity.domain import devices, mailed_links

KEY = bytes(32)


@given(st.text(max_size=300))
@example("A" * 22)
@example("A" * 22 + ("." + "A" * 43) * 6)
@example("A" * 22 + "." + "A" * 43 + "\n")
def test_a_malformed_cookie_is_no_device(text):
    assert devices.parse(text) is None


def test_a_browser_without_the_cookie_is_no_device():
    assert devices.parse(None) is None


@given(st.lists(st.emails(), min_size=1, max_size=9, unique=True))
def test_the_newest_five_accounts_of_a_browser_are_known(emails):
    device = devices.remember(KEY, None, emails[0], 0)
    for email in emails[1:]:
        device = devices.remember(KEY, device, email, 3)
        assert devices.parse(device.text) == device
    expected = [(3 if email != emails[0] else 0) if n < 5 else None for n, email in enumerate(reversed(emails))]
    assert [devices.epoch(KEY, device, email) for email in reversed(emails)] == expected
    assert devices.remember(KEY, device, emails[-1], expected[0] or 0) == device
    later = devices.remember(KEY, device, emails[-1], 7)
    assert (devices.epoch(KEY, later, emails[-1]), len(later.marks)) == (7, len(device.marks))
    assert devices.epoch(b"another key", device, emails[-1]) is None
    assert devices.epoch(KEY, devices.Device("A" * 22, device.marks), emails[-1]) is None


def test_two_browsers_have_different_cookies():
    one, other = (devices.remember(KEY, None, "ada@example.com", 0) for _ in range(2))
    assert one.nonce != other.nonce
    assert not set(one.marks) & set(other.marks)


@given(st.text(max_size=120))
def test_a_forged_confirmation_token_is_refused(text):
    assert mailed_links.parse(KEY, text) is None


def test_a_token_is_read_back_and_is_bound_to_its_key():
    registration_id = uuid7()
    token = mailed_links.make(KEY, registration_id)
    assert mailed_links.parse(KEY, token) == registration_id
    assert mailed_links.parse(b"another key", token) is None
    assert mailed_links.parse(KEY, f"{token}\n") is None
