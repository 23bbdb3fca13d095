"""`python -m chassis.ops`: see chassis.ops.cli."""

import sys

from chassis.ops.cli import main

if __name__ == "__main__":
    sys.exit(main())
