"""Takes known fields out of a decoded form one by one, and refuses unknown ones."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal, overload

from stripe_double.objects.errors import invalid, missing_parameter, unknown_parameter
from stripe_double.protocol.forms import Value

COMPARISONS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
USAGES = ("off_session", "on_session")
ADDRESS = ("city", "country", "line1", "line2", "postal_code", "state")
MAX_TIME = 253_402_300_799
"""The last second of the year 9999, the largest valid time."""


def merged(metadata: dict[str, str], changes: dict[str, str]) -> dict[str, str]:
    """The metadata after an update: an empty value removes its key."""
    return {key: value for key, value in {**metadata, **changes}.items() if value}


class Fields:
    """The fields of a form or of a nested hash. As with Stripe, an empty text means that a field is not given."""

    def __init__(self, values: dict[str, Value], parent: str = "") -> None:
        self._left = dict(values)
        self._parent = parent

    def names(self) -> list[str]:
        """The names of the fields that have not been taken."""
        return list(self._left)

    def name(self, field: str) -> str:
        """The field's full name, such as `card[number]`."""
        return f"{self._parent}[{field}]" if self._parent else field

    @overload
    def text(self, field: str, *, required: Literal[True], longest: int = 5000) -> str: ...
    @overload
    def text(self, field: str, *, longest: int = 5000) -> str | None: ...
    def text(self, field: str, *, required: bool = False, longest: int = 5000) -> str | None:
        """Take a text; 400 if it is no text or too long."""
        value = self._left.pop(field, "")
        if not isinstance(value, str):
            raise invalid(self.name(field), f"Invalid string: {self.name(field)} must be a string.")
        if len(value) > longest:
            raise invalid(
                self.name(field), f"Invalid string: must be at most {longest} characters.", "parameter_invalid_string"
            )
        if required and not value:
            raise missing_parameter(self.name(field))
        return value or None

    @overload
    def integer(self, field: str, low: int, high: int = ..., *, required: Literal[True]) -> int: ...
    @overload
    def integer(self, field: str, low: int, high: int = ...) -> int | None: ...
    def integer(self, field: str, low: int, high: int = 999_999_999_999, *, required: bool = False) -> int | None:
        """Take an integer from `low` to `high`; 400 for anything else."""
        text = self.text(field, required=True) if required else self.text(field)
        if text is None:
            return None
        if not re.fullmatch(r"-?[0-9]{1,12}", text):
            raise invalid(self.name(field), f"Invalid integer: {text[:40]}", "parameter_invalid_integer")
        if not low <= int(text) <= high:
            message = f"Invalid integer: {text} must be between {low} and {high}."
            raise invalid(self.name(field), message, "parameter_invalid_integer")
        return int(text)

    def boolean(self, field: str, *, required: bool = False) -> bool:
        """Take `true` or `false`; false if it is not given."""
        text = self.text(field, required=True) if required else self.text(field)
        if text not in {None, "true", "false"}:
            raise invalid(self.name(field), f"Invalid boolean: {text[:40]}" if text else "Invalid boolean")
        return text == "true"

    def choice(self, field: str, options: tuple[str, ...], *, required: bool = False) -> str | None:
        """Take one of the options; 400 for any other value."""
        text = self.text(field, required=True) if required else self.text(field)
        if text is not None and text not in options:
            last = f"{', ' if len(options) > 2 else ' '}or {options[-1]}" if len(options) > 1 else options[-1]
            message = f"Invalid {self.name(field)}: must be one of {', '.join(options[:-1])}{last}"
            raise invalid(self.name(field), message)
        return text

    def nested(self, field: str) -> Fields | None:
        """Take the fields of a hash; None if it is not given."""
        value = self._left.pop(field, "")
        if value == "":
            return None
        if isinstance(value, str):
            raise invalid(self.name(field), "Invalid object", "parameter_invalid_object")
        return Fields(value, self.name(field))

    def items(self, field: str) -> list[str]:
        """Take a list of texts, in the order of their positions."""
        nested = self.nested(field)
        if nested is None:
            return []
        places = nested.names()
        if not all(place.isascii() and place.isdigit() for place in places):
            raise invalid(self.name(field), "Invalid array")
        return [nested.text(place, required=True) for place in places]

    def metadata(self, *, changes: bool = False) -> dict[str, str]:
        """Take `metadata` within Stripe's limits: 50 keys of 40 characters, values of 500.

        `changes`: an empty value is kept, as it removes its key (see `merged`).
        """
        nested = self.nested("metadata")
        if nested is None:
            return {}
        if len(nested.names()) > 50:
            raise invalid("metadata", "Metadata can have up to 50 keys.")
        for key in nested.names():
            if len(key) > 40:
                raise invalid("metadata", "Metadata keys can have up to 40 characters.")
        found = {key: nested.text(key, longest=500) for key in nested.names()}
        return {key: value or "" for key, value in found.items() if changes or value is not None}

    def address(self) -> dict[str, object] | None:
        """Take `address`; None if it is not given."""
        nested = self.nested("address")
        if nested is None:
            return None
        where: dict[str, object] = {line: nested.text(line) for line in ADDRESS}
        nested.done()
        return where

    def shipping(self) -> dict[str, object] | None:
        """Take `shipping` with its address; None if it is not given."""
        nested = self.nested("shipping")
        if nested is None:
            return None
        where = nested.address() or dict.fromkeys(ADDRESS)
        others = {field: nested.text(field) for field in ("carrier", "phone", "tracking_number")}
        name = nested.text("name", required=True)
        nested.done()
        return {"address": where, "name": name, **others}

    def created(self) -> tuple[tuple[str, int], ...]:
        """Take the time range `created`."""
        return self.moments("created")

    def moments(self, field: str) -> tuple[tuple[str, int], ...]:
        """Take `field=T`, `field[gte]=T` and so on; returns pairs of SQL comparison and Unix seconds."""
        if isinstance(self._left.get(field), str):
            moment = self.integer(field, 0, MAX_TIME)
            return () if moment is None else (("=", moment),)
        nested = self.nested(field)
        if nested is None:
            return ()
        bounds = {sign: nested.integer(name, 0, MAX_TIME) for name, sign in COMPARISONS.items()}
        nested.done()
        return tuple((sign, moment) for sign, moment in bounds.items() if moment is not None)

    def expand(self, only: str) -> bool:
        """Take `expand`; returns whether it names `only`. 400 for any other path."""
        wanted = self.items("expand")
        for path in wanted:
            if path != only:
                raise invalid("expand", f"This property cannot be expanded ({path[:80]}).")
        return bool(wanted)

    def skip(self, fields: Iterable[str]) -> None:
        """Drop these fields without a check."""
        for field in fields:
            self._left.pop(field, None)

    def done(self) -> None:
        """Raise 400 for the first field that was not taken."""
        for field in self._left:
            raise unknown_parameter(self.name(field)[:80])
