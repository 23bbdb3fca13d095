"""The 30,000 passwords that leak most often, as the package zxcvbn has them. Nobody is asked over the network."""

from __future__ import annotations

from importlib.machinery import PathFinder
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

_LISTS = "frequency_lists.py"


def leaked_passwords(shortest: int) -> frozenset[str]:
    """Those of so many characters and more, in lower case. The package itself is not imported: its lists of names and
    words would stay in memory, too.

    Raises:
        ImportError: the package is not installed, or has no such lists.
    """
    package = PathFinder.find_spec("zxcvbn")
    if package is None or not package.submodule_search_locations:
        raise ImportError("zxcvbn, which has the leaked passwords, is not installed")
    lists = spec_from_file_location("leaked_passwords", Path(package.submodule_search_locations[0]) / _LISTS)
    assert lists is not None  # noqa: S101 -- the name ends with .py
    assert lists.loader is not None  # noqa: S101 -- so does it have a loader
    module = module_from_spec(lists)
    lists.loader.exec_module(module)
    found: list[str] = module.FREQUENCY_LISTS["passwords"]
    return frozenset(password for password in found if len(password) >= shortest)
