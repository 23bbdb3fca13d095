"""Run the commands of pages of documentation, in order, and compare what they print with what the pages show.

In a page:

  ```sh             is run. A command that fails is an error.
  ```sh fails       is run, and its last command must fail.
  ```sh elsewhere   is not run: it needs AWS, a cluster, a person. The sentence before it says why.
  ```text           directly after a block of commands: what they print holds these lines, in this order. `...` stands
                    for anything. After `sh elsewhere` nothing is compared.
  ```yaml           or any other language, after text that ends with a path in backticks and a colon: that file is
                    written with this content. Without a path it is only shown. A block without a language is an error.

Everything happens in a copy of the project in a temporary folder, with what is not committed yet: the checkout and the
store of its developer are not touched. The copy has a store of its own, in its `.mercat`, at other ports: the variable
MERCAT_PORT_OFFSET says so to commands, and addresses such as http://localhost:8080 in a block are replaced by its own
before the block is run (and the other way round in what is printed). The blocks of a page share one bash, without a
terminal. A page whose first block has no `make up` finds the store running. Pages that are run together share the
store, in their order. What was started is ended. A block may take 180 seconds (--seconds). Exits with 1 at the first
fault, with its page and line.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from proofs.tutorials.place import place
from proofs.tutorials.running import SECONDS, run


def main() -> None:
    """Run the pages that are named."""
    parser = argparse.ArgumentParser(
        prog="python -m proofs.tutorials", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pages", nargs="+", type=Path, metavar="PAGE")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="what a block may take")
    arguments = parser.parse_args()
    if missing := [str(page) for page in arguments.pages if not page.is_file()]:
        parser.error(f"no such page: {', '.join(missing)}")
    with place() as here:
        for page in arguments.pages:
            if wrong := run(here, page, seconds=arguments.seconds):
                sys.exit(f"\n{wrong}")
    print(f"\nAll that {len(arguments.pages)} pages say works.")


if __name__ == "__main__":
    main()
