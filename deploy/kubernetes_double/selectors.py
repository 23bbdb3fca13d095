"""Which objects a request selects by its labelSelector and fieldSelector."""

from __future__ import annotations

import re
from collections.abc import Mapping

from deploy.kubernetes_double.kinds import Object
from deploy.kubernetes_double.refused import Refused

_REQUIREMENT = re.compile(
    r"(?P<no>!?)(?P<name>[\w./-]+)(?:(?P<sign>==|!=|=)(?P<value>[\w.-]*)| (?P<set>in|notin) \((?P<values>[^)]*)\))?"
)
_BETWEEN = re.compile(r",(?![^(]*\))")


def selected(each: Object, query: Mapping[str, str]) -> bool:
    """Raises:
    Refused: a selector cannot be read.
    """
    labels = each["metadata"].get("labels", {})
    fields = {f"metadata.{name}": each["metadata"].get(name, "") for name in ("name", "namespace")}
    fields |= {"type": each.get("type", "")} if each["kind"] == "Secret" else {}
    return _all(query.get("labelSelector", ""), labels) and _all(query.get("fieldSelector", ""), fields, strict=True)


def _all(selector: str, values: Mapping[str, str], *, strict: bool = False) -> bool:
    return all(_holds(each, values, strict=strict) for each in _BETWEEN.split(selector) if each)


def _holds(requirement: str, values: Mapping[str, str], *, strict: bool) -> bool:
    found = _REQUIREMENT.fullmatch(requirement)
    if found is None or (strict and found["name"] not in values):
        raise Refused(400, "BadRequest", f"unable to parse requirement: {requirement}")
    value = values.get(found["name"])
    if found["sign"]:
        return (value == found["value"]) is (found["sign"] != "!=")
    if found["set"]:
        return (value in {each.strip() for each in found["values"].split(",")}) is (found["set"] == "in")
    return (value is None) is bool(found["no"])
