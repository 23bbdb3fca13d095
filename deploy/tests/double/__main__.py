"""`python -m deploy.tests.double terraform -chdir=deploy/terraform/modules/keys test`: Terraform without an account."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from deploy.tests.double.account import Account
from deploy.tests.double.bindings import WHEELS, NoBindings
from deploy.tests.double.serve import doubles


def _data(command: list[str]) -> Path:
    """What `init` leaves for the next command in the same folder, kept out of the tree."""
    folder = next((word.removeprefix("-chdir=") for word in command if word.startswith("-chdir=")), ".")
    return WHEELS.parent / "data" / hashlib.sha256(str(Path(folder).resolve()).encode()).hexdigest()[:16]


def main() -> None:
    """Run Terraform with the double as its providers; exits with Terraform's code."""
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    try:
        with doubles(Account()) as environment:
            kept = {"TF_DATA_DIR": str(_data(sys.argv[1:]))}
            sys.exit(subprocess.run(sys.argv[1:], env={**os.environ, **environment, **kept}, check=False).returncode)
    except NoBindings as missing:
        sys.exit(str(missing))


if __name__ == "__main__":
    main()
