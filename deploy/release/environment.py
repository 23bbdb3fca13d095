"""What is known of an environment before its cluster is asked: its file, Terraform's handover, the image."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy import TERRAFORM
from deploy.aws.organisation import organisation
from deploy.charts import helm
from deploy.refusal import MISUSED, Refusal

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_SECONDS = 60


@dataclass(frozen=True)
class Environment:
    """more: values files that are not in git. digest: of the services' image; empty: the one that runs now."""

    name: str
    handover: Mapping[str, Any]
    more: tuple[Path, ...] = ()
    digest: str = ""

    @property
    def spelled(self) -> str:
        """What a person types to lose it."""
        return organisation(TERRAFORM).name(self.name)

    @property
    def file(self) -> Path:
        """The values that differ between environments."""
        return helm.ENVIRONMENTS / f"{self.name}.yaml"


def environment(name: str, handover: Path | None = None, more: Sequence[Path] = (), digest: str = "") -> Environment:
    """Raises:
    Refusal: there is no such environment, the digest is none, or the handover cannot be read.
    """
    known = sorted(path.stem for path in helm.ENVIRONMENTS.glob("*.yaml"))
    if name not in known:
        raise Refusal(f"ENV={name} is no environment: give one of {', '.join(known)}.", MISUSED)
    if digest and not _DIGEST.fullmatch(digest):
        raise Refusal(f"DIGEST={digest} is no digest: give that of the pipeline, sha256:...", MISUSED)
    if handover is not None:
        return Environment(name, _parsed(handover.read_text(encoding="utf-8"), str(handover)), tuple(more), digest)
    on_aws = (TERRAFORM / "live" / name).is_dir()
    return Environment(name, _from_aws(name) if on_aws else {}, tuple(more), digest)


def _from_aws(name: str) -> Mapping[str, Any]:
    """The document that the layer 50-edge wrote to SSM."""
    if shutil.which("aws") is None:
        raise Refusal(f"{name} is on AWS, and the AWS CLI is not installed: install it, or give --handover FILE.")
    parameter = f"/{organisation(TERRAFORM).project}/{name}/handover"
    command = ["aws", "ssm", "get-parameter", "--name", parameter, "--query", "Parameter.Value", "--output", "text"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise Refusal(f"AWS did not answer within {_SECONDS} s: look at the network, and try again.") from None
    if "ParameterNotFound" in done.stderr:
        raise Refusal(f"{parameter} is not there: `make aws-apply ENV={name}` writes it with its last layer, 50-edge.")
    if done.returncode:
        raise Refusal(f"The handover {parameter} cannot be read: {done.stderr.strip()}")
    return _parsed(done.stdout, parameter)


def _parsed(text: str, where: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise Refusal(f"{where} is no JSON: {error}") from error
    if not isinstance(found, dict):
        raise Refusal(f"{where} is no handover: it holds no JSON object.")
    if "cluster_endpoint" not in found:
        raise Refusal(f"{where} is no handover: it names no cluster_endpoint, which the layer 50-edge writes.")
    return found
