"""Where each environment's images are, and from which environment they come: of deploy/terraform/settings."""

from __future__ import annotations

from typing import Any

import hcl2

from deploy import TERRAFORM
from deploy.refusal import MISUSED, Refusal

IMAGE = "services"


def repository() -> str:
    """The name of the services' image in a registry."""
    return f"{_organisation()['project']}/{IMAGE}"


def account(environment: str) -> str:
    """The account of an environment.

    Raises:
        Refusal: there is no such environment.
    """
    accounts: dict[str, str] = _organisation()["accounts"]
    if environment not in accounts:
        raise Refusal(f"{environment} is no environment: give one of {', '.join(accounts)}.", MISUSED)
    return accounts[environment]


def host(environment: str) -> str:
    """The registry of an environment."""
    return f"{account(environment)}.dkr.ecr.{_organisation()['region']}.amazonaws.com"


def address(environment: str) -> str:
    """Where the services' image is."""
    return f"{host(environment)}/{repository()}"


def before(environment: str) -> str:
    """The environment where an image is tried before this one.

    Raises:
        Refusal: it is the first.
    """
    account(environment)
    found: str | None = _read("environments.tf")["table"]["images_from"][environment]
    if not found:
        raise Refusal(f"Images of {environment} are promoted from nowhere: they are pushed there by the run of main.")
    return found


def _organisation() -> dict[str, Any]:
    found: dict[str, Any] = _read("organisation.tf")["organisation"]
    return found


def _read(name: str) -> dict[str, Any]:
    with (TERRAFORM / "settings" / name).open(encoding="utf-8") as file:
        found: dict[str, Any] = _plain(hcl2.load(file)["locals"][0])
    return found


def _plain(value: object) -> Any:
    """Without what the parser adds: quotes around texts, marks of its own."""
    if isinstance(value, dict):
        return {_plain(key): _plain(each) for key, each in value.items() if not str(key).startswith("__")}
    if isinstance(value, str):
        return None if value == "null" else value.strip('"')
    return value
