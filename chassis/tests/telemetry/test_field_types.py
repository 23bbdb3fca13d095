from uuid import UUID

import orjson
import pytest
from prometheus_client import REGISTRY

from chassis import telemetry
from chassis.testing.lines import misfits
from chassis.tests.telemetry.conftest import Lines

ACCOUNT = UUID("01890000-0000-7000-8000-000000000001")


@pytest.mark.parametrize(
    ("field", "value"),
    [("count", "three"), ("count", True), ("count", 2**63), ("seconds", "1.5"), ("over", 1), ("reason", 2**64)],
)
def test_a_value_that_is_not_of_its_fields_type_is_dropped_and_counted(written: Lines, field: str, value: object):
    telemetry.allow("over", kind="boolean")
    before = REGISTRY.get_sample_value("log_fields_dropped_total")
    telemetry.logger("x").info("odd", **{field: value})
    assert f"labels.{field}" not in written()[0]
    assert REGISTRY.get_sample_value("log_fields_dropped_total") == (before or 0) + 1


def test_every_field_is_listed_with_its_type(written: Lines):
    telemetry.allow("over", kind="boolean")
    telemetry.begin(None, None)
    telemetry.logger("x").warning("odd", count=3, seconds=1.5, over=True, account_id=ACCOUNT, error=OSError(1, "no"))
    telemetry.request(method="GET", route="/a", status=200, seconds=0.1, size=1, client="203.0.113.7", account=ACCOUNT)
    types = telemetry.field_types()
    for line in written():
        assert set(line) <= set(types)
    assert (types["labels.count"], types["labels.seconds"], types["labels.over"]) == ("long", "double", "boolean")
    assert (types["labels.order_id"], types["client.ip"], types["error.code"]) == ("keyword", "ip", "keyword")


def test_lines_that_an_index_of_strict_types_would_refuse_are_told():
    right = {"@timestamp": "2026-11-29T10:00:00Z", "client.ip": "203.0.113.0", "labels.count": 3}
    wrong = {"@timestamp": "today", "client.ip": "here", "labels.count": "three", "labels.unheard_of": 1, "message": {}}
    assert list(misfits([orjson.dumps(right)])) == []
    assert [told.split(" ")[0] for told in misfits([orjson.dumps(wrong)])] == list(wrong)
