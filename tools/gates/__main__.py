"""`make scan`: the gates that take longer than those of `make check`.

`python -m tools.gates all`, or some by their names. BASE=commit: of the history only what came since.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import partial

from tools import check_runner
from tools.gates import bandit, licences, sbom, secrets, semgrep, tree

GATES: dict[str, Callable[[], list[str]]] = {
    "licences": licences.complaints,
    "sbom": sbom.complaints,
    "secrets": lambda: secrets.in_history(os.environ.get("BASE", "")),
    "bandit": bandit.found,
    "semgrep": semgrep.found,
}


def main() -> None:
    """Run the gates that are named; the exit status is 1 if one refuses."""
    names = sys.argv[1:] or ["all"]
    unknown = set(names) - GATES.keys() - {"all"}
    if unknown:
        sys.exit(f"There is no gate {', '.join(sorted(unknown))}. These are: {', '.join(GATES)}, all.")
    chosen = GATES if "all" in names else {name: GATES[name] for name in names}
    check_runner.run({name: partial(tree.told, gate) for name, gate in chosen.items()}, beside=("semgrep",))


if __name__ == "__main__":
    main()
