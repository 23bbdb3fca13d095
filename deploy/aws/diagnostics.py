"""What Terraform complains of, read from its machine-readable output, and said with what to do next."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from deploy.refusal import Refusal

_PARAMETER = re.compile(r"/[\w.-]+/[\w.-]+/([\w.-]+)")
_NOT_THERE = ("ParameterNotFound", "couldn't find resource", "empty result")
# What people meet most, and what helps. The first that fits is said.
_HINTS = (
    (
        (
            "No valid credential sources",
            "ExpiredToken",
            "InvalidClientTokenId",
            "SSOProviderInvalidToken",
            "get credentials",
        ),
        "Sign in to the environment's account first (for instance `aws sso login`), and export AWS_PROFILE.",
    ),
    (
        ("acquiring the state lock",),
        "Somebody is at work on this layer: wait. If surely nobody is: `terraform force-unlock ID` in its folder.",
    ),
    (
        ("account ID not allowed", "AWS account ID not allowed"),
        "You are signed in to another account than settings/organisation.tf names for this environment.",
    ),
    (
        ("NoSuchBucket", "S3 bucket does not exist"),
        "The state bucket is made once per account: apply deploy/terraform/bootstrap.",
    ),
    (
        ("must be verified", "does not support creating load balancers"),
        "No role can do this yet: AWS Support has to verify the new account (docs/aws/bring-up.md, step 1).",
    ),
    (
        ("Access denied to connection", "OAuthProviderException"),
        "A person admits the connection to GitHub first, for this repository: docs/aws/bring-up.md, step 6.",
    ),
    (
        ("AccessDenied", "not authorized to perform", "UnauthorizedOperation"),
        "Your role may not do this: use the environment's role <name>-apply, or an administrator.",
    ),
    (
        ("DependencyViolation",),
        "The cluster left an interface or a load balancer in the network: docs/aws/bring-up.md, Take it down.",
    ),
    (
        ("AlreadyExists", "already exists", "ResourceInUseException"),
        "It exists and the state does not know it, as after an apply that was given up: docs/aws/incidents.md.",
    ),
    (("Saved plan is stale",), "Something changed the layer after the plan was made. Run the command again."),
    (("BucketNotEmpty", "RepositoryNotEmptyException"), "Empty it first; what it holds is then lost."),
    (
        ("Instance cannot be destroyed", "prevent_destroy"),
        "The configuration itself guards this resource by prevent_destroy: remove that line, review it, and try again.",
    ),
)


@dataclass(frozen=True)
class Diagnostic:
    """One complaint. address: the resource it is about; where: file and line. Both may be empty."""

    summary: str
    detail: str = ""
    address: str = ""
    where: str = ""

    def __str__(self) -> str:
        place = ", ".join(part for part in (self.address, self.where) if part)
        return "\n".join(part for part in (f"{self.summary}" + (f"  ({place})" if place else ""), self.detail) if part)

    @property
    def missing_parameter(self) -> str:
        """The layer that has to be applied first, if that is the complaint: the last part of the parameter's name."""
        text = f"{self.summary} {self.detail}"
        if "data.aws_ssm_parameter." not in self.address or not any(mark in text for mark in _NOT_THERE):
            return ""
        found = _PARAMETER.search(text)
        return found.group(1) if found else ""


class TerraformFailed(Refusal):
    """A command of Terraform's ended with an error; the message is Terraform's own, and what to do about it."""

    def __init__(self, command: str, diagnostics: list[Diagnostic], rest: str) -> None:
        text = "\n".join(map(str, diagnostics)) or rest.strip() or "it said nothing"
        hint = next((help_ for marks, help_ in _HINTS if any(mark in text for mark in marks)), "")
        super().__init__(f"terraform {command} failed:\n{text}" + (f"\n→ {hint}" if hint else ""))
        self.diagnostics = diagnostics


def event(line: str) -> dict[str, Any]:
    """One line of Terraform's -json output; nothing when it is something else."""
    try:
        read = json.loads(line)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def errors(events: Iterable[dict[str, Any]]) -> list[Diagnostic]:
    """The errors among the events (a warning is none), each once."""
    found = []
    for entry in events:
        about = entry.get("diagnostic") or {}
        if about.get("severity") == "error":
            place = about.get("range") or {}
            where = f"{place['filename']}:{place['start']['line']}" if place else ""
            found.append(Diagnostic(about.get("summary", ""), about.get("detail", ""), about.get("address", ""), where))
    return list(dict.fromkeys(found))
