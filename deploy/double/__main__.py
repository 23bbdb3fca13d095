"""`python -m deploy.double terraform -chdir=deploy/terraform/modules/network test`: Terraform, without an account."""

from __future__ import annotations

import os
import subprocess
import sys

from deploy.double.account import Account
from deploy.double.bindings import NoBindings
from deploy.double.serve import doubles


def main() -> None:
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    try:
        with doubles(Account()) as environment:
            sys.exit(subprocess.run(sys.argv[1:], env={**os.environ, **environment}, check=False).returncode)
    except NoBindings as missing:
        sys.exit(str(missing))


if __name__ == "__main__":
    main()
