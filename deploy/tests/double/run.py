"""Runs the terraform program against a double and gives its answer: for tests and tools."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy import TERRAFORM
from deploy.tests.double.account import Account
from deploy.tests.double.bindings import PACKAGES, NoBindings, with_program
from deploy.tests.double.serve import doubles

# Write-only arguments and ephemeral resources.
OLDEST = (1, 11)


@dataclass
class Answer:
    """How a command ended, and everything it said."""

    status: int
    text: str

    @property
    def complaint(self) -> str:
        """From the first error on."""
        return self.text[max(self.text.find("Error:"), 0) :]


@dataclass
class Terraform:
    """The program, with the environment that leads it to the double."""

    environment: dict[str, str]
    account: Account = field(default_factory=Account)

    def __call__(self, folder: Path, *words: str) -> Answer:
        """Run one command of Terraform in a folder."""
        command = ["terraform", f"-chdir={folder}", *words]
        if words[0] not in {"show", "output", "fmt"}:
            command.append("-no-color")
        done = subprocess.run(
            command,
            env={**_without_terraforms(os.environ), **self.environment, "TF_DATA_DIR": self._data(folder)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return Answer(done.returncode, done.stdout)

    def _data(self, folder: Path) -> str:
        """Each folder keeps what its `init` made: modules and the backend."""
        return f"{self.environment['TF_DATA_DIR']}/{folder.parent.name}-{folder.name}"

    def plan(self, folder: Path, *options: str) -> dict[str, Any]:
        """The JSON of a folder's plan.

        Raises:
            AssertionError: with what terraform said, when it refuses.
        """
        for words in (["init", "-reconfigure"], ["plan", "-out=offline.tfplan", *options]):
            done = self(folder, *words)
            if done.status != 0:
                raise AssertionError(f"terraform {words[0]} in {folder.name}:\n{done.complaint}")
        shown: dict[str, Any] = json.loads(self(folder, "show", "-json", "offline.tfplan").text)
        return shown


@contextlib.contextmanager
def offline(folder: Path = TERRAFORM, account: Account | None = None) -> Iterator[Terraform]:
    """Terraform with doubles of what `folder` uses, while the block runs."""
    account = account or Account()
    with doubles(account, folder) as environment:
        yield Terraform(environment, account)


def _without_terraforms(environment: Mapping[str, str]) -> dict[str, str]:
    """A person's TF_WORKSPACE or TF_CLI_ARGS has no say in a test."""
    return {name: value for name, value in environment.items() if not name.startswith("TF_")}


@functools.cache
def missing() -> str:
    """Why Terraform cannot be tested on this machine; nothing when it can."""
    environment = with_program(os.environ)
    program = shutil.which("terraform", path=environment["PATH"])
    if program is None:
        return "the terraform program is neither on the PATH nor in .venv/terraform: `make test-terraform` brings one"
    command = [program, "version", "-json"]
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=False).stdout
    version = json.loads(told[told.index("{") :])["terraform_version"] if "{" in told else "unknown"
    if [int(part) for part in re.findall(r"\d+", version)[:2]] < list(OLDEST):
        return f"the terraform program is {version}, and {OLDEST[0]}.{OLDEST[1]} is the oldest that our code is for"
    try:
        for package in PACKAGES.values():
            package.path()
    except NoBindings as reason:
        return str(reason)
    return ""
