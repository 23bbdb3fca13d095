"""`python -m chassis.ops`: see chassis.ops.cli."""

import sys

from chassis.ops.cli import main

sys.exit(main())
