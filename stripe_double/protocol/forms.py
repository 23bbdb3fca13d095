"""Decodes forms with bracket keys, as Stripe does: `a[b][c]=1`, `a[]=1`, `a[0]=1`."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

from stripe_double.objects.errors import StripeError

Value = str | dict[str, "Value"]
"""A text, or a mapping; a list is a mapping whose keys are its positions, in order."""

MAX_FIELDS = 200
MAX_DEPTH = 5
_KEY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")


def decode(encoded: bytes) -> dict[str, Value]:
    """The fields of a body or query string; 400 if it is no valid form."""
    try:
        pairs = parse_qsl(encoded.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
    except ValueError:  # also what is not UTF-8
        raise StripeError(400, "Invalid request: the parameters are not a valid UTF-8 encoded form.") from None
    tree: dict[str, Value] = {}
    for key, value in pairs:
        if "\0" in key or "\0" in value:
            raise StripeError(400, "Invalid request: a parameter contains a NUL character.")
        _put(tree, key, value)
    return tree


def _put(tree: dict[str, Value], key: str, value: str) -> None:
    match = _KEY.fullmatch(key)
    if match is None:
        raise StripeError(400, f"Invalid parameter name: {key[:80]}", param=key[:80])
    path = [match[1], *match[2][1:-1].split("][")] if match[2] else [match[1]]
    if len(path) > MAX_DEPTH:
        raise StripeError(400, f"Invalid parameter name: {key[:80]} is nested too deeply.", param=key[:80])
    node = tree
    for part in path[:-1]:
        below = node.setdefault(part or str(len(node)), {})
        if not isinstance(below, dict):
            raise _clash(key)
        node = below
    last = path[-1] or str(len(node))
    if isinstance(node.get(last), dict):
        raise _clash(key)
    node[last] = value


def _clash(key: str) -> StripeError:
    return StripeError(400, f"Invalid parameter: {key[:80]} is given both as a text and as a hash.", param=key[:80])
