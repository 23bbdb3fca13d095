"""`python -m mercat.stack.after_restore SERVICE`: what a service does after its database was restored, before it starts
(chassis.service.restored). The file that says so goes when that is done.
"""

from __future__ import annotations

import sys

from chassis.ops import cli
from mercat.installation import locate


def main() -> None:
    """Exits as the service's own command does."""
    service = sys.argv[1]
    marker = locate().restored_marker(service)
    if not marker.exists():
        return
    moment = marker.read_text(encoding="ascii").strip()
    code = cli.main(["after-restore", service, "--restored-to", moment, "--yes"])
    if code == cli.DONE:
        marker.unlink(missing_ok=True)
    sys.exit(code)


if __name__ == "__main__":
    main()
