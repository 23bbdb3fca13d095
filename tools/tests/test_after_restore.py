"""Every service with a database says what is to be done after that went back in time."""

from __future__ import annotations

import importlib
import inspect

import pytest

from tools import openapi


@pytest.mark.parametrize("name", openapi.with_database())
def test_a_service_has_its_part_after_a_restore(name):
    part = importlib.import_module(f"{name}.after_restore").after_restore
    assert inspect.iscoroutinefunction(part)
    assert f"after_restore={part.__name__}" in inspect.getsource(importlib.import_module(f"{name}.app"))
