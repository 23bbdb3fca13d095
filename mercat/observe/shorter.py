"""Divides every duration of rules and notifications by a factor, so that an alert of hours is tried in minutes.

It changes ranges (`[5m]`, `[1h:30s]`), offsets, and the fields for, keep_firing_for and interval: no threshold, no
name, no label.
"""

from __future__ import annotations

import re
from typing import Any

_DURATION = r"(?:\d+(?:ms|[smhdwy]))+"
# A text in quotes stays as it is, whatever is in it.
_TIMES = re.compile(rf'"(?:[^"\\]|\\.)*"|\[({_DURATION})(:)?({_DURATION})?\]|\b(offset\s+-?)({_DURATION})')
_PART = re.compile(r"(\d+)(ms|[smhdwy])")
_MILLISECONDS = {
    "ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000, "y": 31_536_000_000,
}  # fmt: skip
_FIELDS = ("for", "keep_firing_for", "interval")
_NOTIFICATIONS = ("resolve_timeout", "group_wait", "group_interval", "repeat_interval")
# A rate needs several samples, at one scrape a second.
_SHORTEST_RANGE = 5000


def duration(text: str, factor: int, *, shortest: int = 1000) -> str:
    """A duration of Prometheus divided by `factor`, in milliseconds, not below `shortest`; "0s" stays."""
    long = sum(int(number) * _MILLISECONDS[unit] for number, unit in _PART.findall(text))
    return f"{max(shortest, long // factor)}ms" if long else text


def expression(text: str, factor: int) -> str:
    """PromQL with every range, resolution of a subquery and offset divided by `factor`."""

    def shorter(found: re.Match[str]) -> str:
        window, colon, resolution, offset, length = found.groups()
        if offset:
            return f"{offset}{duration(length, factor)}"
        if not window:
            return found[0]
        step = duration(resolution, factor) if resolution else ""
        return f"[{duration(window, factor, shortest=_SHORTEST_RANGE)}{colon or ''}{step}]"

    return _TIMES.sub(shorter, text)


def rules(content: dict[str, Any], factor: int) -> dict[str, Any]:
    """The content of a file of rules, with every duration divided by `factor`."""
    return {**content, "groups": [_group(group, factor) for group in content.get("groups", [])]}


def notifications(value: Any, factor: int) -> Any:
    """Alertmanager's configuration with the times of notifications divided by `factor`."""
    if isinstance(value, list):
        return [notifications(each, factor) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        name: duration(each, factor) if name in _NOTIFICATIONS else notifications(each, factor)
        for name, each in value.items()
    }


def _group(group: dict[str, Any], factor: int) -> dict[str, Any]:
    changed = [{**_fields(rule, factor), "expr": expression(str(rule["expr"]), factor)} for rule in group["rules"]]
    return {**_fields(group, factor), "rules": changed}


def _fields(mapping: dict[str, Any], factor: int) -> dict[str, Any]:
    return {name: duration(value, factor) if name in _FIELDS else value for name, value in mapping.items()}
