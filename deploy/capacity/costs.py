"""The model of CPU: what a process takes at rest, and what each read, sign-in and order adds.

`make bench ARGS=resources` measures these in deploy/charts/costs.yaml, and beside them what three rates took.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from deploy.charts import helm

FILE = helm.ROOT / "deploy" / "charts" / "costs.yaml"
# How far an estimate may be from what was measured.
TOLERANCE = 0.2
# Of what takes less CPU than this (thousandths of a core) the error does not matter, and is not judged alone.
SMALL = 3.0


@dataclass(frozen=True)
class Load:
    """What shoppers do in a second, as it reaches the services."""

    orders: float
    reads: float
    sign_ins: float


@dataclass(frozen=True)
class Point:
    """What was measured at a rate: CPU by process, in thousandths of a core."""

    load: Load
    millicores: dict[str, float]


@dataclass(frozen=True)
class Costs:
    """By process: CPU at rest in thousandths of a core; of a read, a sign-in and an order in ms.

    database, cache: what an order and a shopper take of them. points: what was measured at rates, apart from the costs.
    """

    idle: dict[str, float]
    read: dict[str, float]
    sign_in: dict[str, float]
    order: dict[str, float]
    database: dict[str, float]
    cache: dict[str, float]
    points: tuple[Point, ...]
    how: str

    def beyond_rest(self, load: Load, process: str) -> float:
        """CPU that the load adds to a process, in thousandths of a core."""
        return (
            load.orders * self.order[process] + load.reads * self.read[process] + load.sign_ins * self.sign_in[process]
        )

    def millicores(self, load: Load) -> dict[str, float]:
        """CPU of each process, one of each, in thousandths of a core."""
        return {name: rest + self.beyond_rest(load, name) for name, rest in self.idle.items()}


def read(file: Path = FILE) -> Costs:
    """What was measured."""
    return of(yaml.safe_load(file.read_text(encoding="utf-8")))


def of(written: Mapping[str, Any]) -> Costs:
    """The same of the content of a file."""
    points = [
        Point(
            Load(each["orders_a_second"], each["reads_a_second"], each["sign_ins_a_second"]), dict(each["millicores"])
        )
        for each in written["points"]
    ]
    return Costs(
        idle=written["idle_millicores"],
        read=written["ms_a_read"],
        sign_in=written["ms_a_sign_in"],
        order=written["ms_an_order"],
        database=written["database"],
        cache=written["cache"],
        points=tuple(points),
        how=written["how"],
    )


def ratios(costs: Costs, point: Point) -> dict[str, float]:
    """Estimate by measurement at a rate: of each process that takes some CPU, and of all together."""
    estimated = costs.millicores(point.load)
    found = {name: estimated[name] / measured for name, measured in point.millicores.items() if measured >= SMALL}
    return {**found, "all": sum(estimated.values()) / sum(point.millicores.values())}


def disagreements(costs: Costs) -> list[str]:
    """Each estimate that is further from its measurement than TOLERANCE."""
    return [
        f"{name} at {point.load.orders:g} orders a second: the estimate is {ratio:.2f} times what was measured"
        for point in costs.points
        for name, ratio in ratios(costs, point).items()
        if abs(ratio - 1) > TOLERANCE
    ]
