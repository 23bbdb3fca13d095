from __future__ import annotations

import msgspec
import pytest

from chassis.config import service_spec


def test_the_example_is_read():
    spec = service_spec.load("hello")
    assert (spec.name, spec.port, spec.routes) == ("hello", 8099, ["/api/v1/greetings"])
    assert spec.scale.max == 4


@pytest.mark.parametrize("change", ["port: high", "colour: red"])
def test_a_wrong_one_is_refused(tmp_path, change):
    text = (service_spec.folder_of("hello") / "service.yaml").read_text()
    (tmp_path / "service.yaml").write_text(text.replace("port: 8099", "") + change + "\n")
    with pytest.raises(msgspec.ValidationError):
        service_spec.read(tmp_path / "service.yaml")


@pytest.mark.parametrize("package", ["no_such_service", "examples"])
def test_what_is_no_package_is_named(package):
    with pytest.raises(ModuleNotFoundError, match=package):
        service_spec.folder_of(package)
