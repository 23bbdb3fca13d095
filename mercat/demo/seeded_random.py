"""Random numbers from a seed, the same on every machine and Python version: only Random.random() guarantees that."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class SeededRandom:
    """A seeded source of numbers, choices and smooth noise."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed).random  # noqa: S311 -- it draws pictures
        self._lattice = [self._random() for _ in range(4096)]

    def real(self, low: float = 0.0, high: float = 1.0) -> float:
        """A number from low to high."""
        return low + (high - low) * self._random()

    def whole(self, low: int, high: int) -> int:
        """An integer from low to high, both included."""
        return low + int(self._random() * (high - low + 1))

    def chance(self, probability: float) -> bool:
        """True with this probability."""
        return self._random() < probability

    def pick(self, things: Sequence[T]) -> T:
        """One of the things, all with the same probability."""
        return things[int(self._random() * len(things))]

    def weighted(self, things: Sequence[T], weights: Sequence[float]) -> T:
        """One of the things, with probabilities in proportion to the weights."""
        at = self._random() * sum(weights)
        for thing, weight in zip(things[:-1], weights, strict=False):
            at -= weight
            if at <= 0:
                return thing
        return things[-1]

    def noise(self, x: float, y: float) -> float:
        """Value noise from 0 to 1, on a grid of width 1 that repeats after 64."""
        column, row = math.floor(x), math.floor(y)
        u, v = _ease(x - column), _ease(y - row)
        top = _between(self._at(column, row), self._at(column + 1, row), u)
        bottom = _between(self._at(column, row + 1), self._at(column + 1, row + 1), u)
        return _between(top, bottom, v)

    def layered(self, x: float, y: float, octaves: int) -> float:
        """The sum of several octaves of noise, from 0 to 1."""
        total, weight, sum_of_weights = 0.0, 1.0, 0.0
        for octave in range(octaves):
            total += weight * self.noise(x * 2**octave + 17.3 * octave, y * 2**octave + 5.1 * octave)
            sum_of_weights += weight
            weight *= 0.5
        return total / sum_of_weights

    def _at(self, column: int, row: int) -> float:
        return self._lattice[(row & 63) << 6 | column & 63]


def _ease(t: float) -> float:
    return t * t * (3 - 2 * t)


def _between(a: float, b: float, t: float) -> float:
    return a + (b - a) * t
