"""Makes promtool's tests out of cases.yaml: three worlds for a file of rules: nothing, tickets or pages fire."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

Json = dict[str, Any]
CASES: dict[str, dict[str, list[Json]]] = yaml.safe_load(
    (Path(__file__).parent / "cases.yaml").read_text(encoding="utf-8")
)
WORLDS = ("below", "ticket", "page")
_BAD, _GOOD, _END = 16, 80, 145


def promtools_file(rules: Path, cases: dict[str, list[Json]]) -> Json:
    """The content of a test file of promtool about one file of rules."""
    return {
        "rule_files": [str(rules)],
        "evaluation_interval": "1m",
        "tests": [_world(world, cases) for world in WORLDS],
    }


def severities(series: list[Json]) -> set[str]:
    """Those of page and ticket that a case makes fire."""
    return {name for name in ("page", "ticket") if any(name in each for each in series)}


def _world(world: str, cases: dict[str, list[Json]]) -> Json:
    inputs = [_series(each, world) for series in cases.values() for each in series]
    checks = [check for name, series in cases.items() for check in _checks(name, severities(series), world)]
    return {"name": world, "interval": "1m", "input_series": inputs, "promql_expr_test": checks}


def _checks(name: str, made: set[str], world: str) -> Iterator[Json]:
    """Just before it is over, what must fire does; ten minutes before the end nothing does; what may not never did."""
    for severity in sorted(made):
        firing = f'ALERTS{{alertname="{name}",severity="{severity}",alertstate="firing"}}'
        if world == severity:
            yield check(f"count({firing}) or vector(0)", _GOOD - 1, 1)
            yield check(f"count({firing}) or vector(0)", _END - 1, 0)
        elif world == "below" or (world, severity) == ("ticket", "page"):
            yield check(f"count(count_over_time({firing}[{_END - _BAD}m])) or vector(0)", _END - 1, 0)


def check(expr: str, minute: int, value: float, labels: str = "{}") -> Json:
    """The expression has this one sample at that minute."""
    return {"expr": expr, "eval_time": f"{minute}m", "exp_samples": [{"labels": labels, "value": value}]}


def _series(case: Json, world: str) -> Json:
    kind = next(name for name in ("gauge", "counter", "age", "left") if name in case)
    values = list(_values(kind, case, world))
    return {
        "series": case[kind],
        "values": " ".join(f"{value:g}" if value < 1e6 else str(int(value)) for value in values),
    }


def _values(kind: str, case: Json, world: str) -> Iterator[float]:
    normal: Any = case.get("normal", case.get("all", 0))
    total = 0.0
    for minute in range(_END):
        now: Any = _said(case, world) if _BAD <= minute < _GOOD else normal
        if kind == "counter":
            total += (minute == _GOOD - 10) if now == "once" else now
            yield total
        elif kind == "gauge":
            yield _gauge(now, normal, minute)
        else:
            yield minute * 60 + (now if kind == "left" else -now)


def _gauge(now: Any, normal: float, minute: int) -> float:
    if now == "climbing":
        return normal + 7 * (minute - _BAD)
    if now == "spike":
        return normal + (minute == _GOOD - 4)
    if now == "short":
        return 0 if minute >= _GOOD - 4 else normal
    return float(now)


def _said(case: Json, world: str) -> Any:
    """What the case says of a world: the last column said up to it."""
    found = case.get("all", case.get("normal"))
    for name in WORLDS[: WORLDS.index(world) + 1]:
        found = case.get(name, found)
    return found
