from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.problems import Invalid
from chassis.values import uuid7
from chassis.web import pagination


def test_a_cursor_gives_back_its_values():
    values = (datetime.now(UTC), uuid7())
    assert pagination.decode(pagination.encode(values), tuple[datetime, UUID]) == values


@given(st.text(max_size=60))
def test_an_invalid_cursor_is_refused_by_name(text):
    with pytest.raises(Invalid) as refusal:
        pagination.decode(text, tuple[datetime, UUID])
    assert refusal.value.errors[0].field == "query.cursor"


def test_a_cursor_of_another_list_is_refused():
    with pytest.raises(Invalid):
        pagination.decode(pagination.encode((1, "x")), tuple[datetime, UUID])


async def test_page_params_have_the_requested_values():
    assert await pagination._page_params(5, "abc") == pagination.PageParams(5, "abc")
