"""Lines of a request that name a variant twice become one."""

from __future__ import annotations

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from orders.quantities import VariantQuantity, gathered

VARIANTS = [UUID(int=number) for number in range(1, 6)]
lines = st.lists(st.builds(VariantQuantity, st.sampled_from(VARIANTS), st.integers(1, 999)), min_size=1, max_size=50)


@given(lines)
def test_each_variant_has_one_line_with_all_of_its_pieces(wanted: list[VariantQuantity]) -> None:
    found = gathered(wanted)
    assert [line.variant_id for line in found] == list(dict.fromkeys(line.variant_id for line in wanted))
    for line in found:
        assert line.quantity == sum(each.quantity for each in wanted if each.variant_id == line.variant_id)
