"""Whether AWS knows a command of its CLI, by the models of its services that botocore brings."""

from __future__ import annotations

import re
import shlex

import botocore.session
from botocore import xform_name
from botocore.exceptions import UnknownServiceError

# The CLI's names of services that its models name otherwise.
_RENAMED = {"s3api": "s3"}
# Options of the CLI itself.
_GLOBAL = {"region", "query", "output", "profile"}


def complaint(command: str) -> str:
    """What is wrong with `aws SERVICE OPERATION --option...`; nothing where it is right. Values are not looked at."""
    words = shlex.split(command)
    _, service, operation, *rest = words
    session = botocore.session.get_session()
    try:
        model = session.get_service_model(_RENAMED.get(service, service))
    except UnknownServiceError:
        return f"no service {service}"
    if operation == "wait":
        waiters = session.get_waiter_model(service).waiter_names
        return "" if rest[0] in {xform_name(name, "-") for name in waiters} else f"{service} has no waiter {rest[0]}"
    names = {xform_name(name, "-"): name for name in model.operation_names}
    if operation not in names:
        return f"{service} has no {operation}"
    shape = model.operation_model(names[operation]).input_shape
    members = {xform_name(name, "-"): name for name in shape.members} if shape else {}
    given = {word.removeprefix("--") for word in rest if re.fullmatch(r"--[\w-]+", word)}
    unknown = {name for name in given if name.removeprefix("no-") not in members and name not in _GLOBAL}
    missing = {xform_name(name, "-") for name in shape.required_members} - given if shape else set()
    if unknown:
        return f"{operation} takes no --{min(unknown)}"
    return f"{operation} needs --{min(missing)}" if missing else ""
