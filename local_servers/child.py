"""Runs a command that ends with its parent process and, with --not-root, does not run as root.

`python -m local_servers.child [--not-root] [--signal N] -- COMMAND ...` becomes COMMAND (exec, same process id).

PostgreSQL refuses to run as root. Another system user would need access to all parent folders of the data. Instead the
process enters a user namespace in which root has another user id: for the kernel the owner is the same, so no file
owner and no permission changes.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import pwd
import signal
import sys
from pathlib import Path

from chassis.resilience.parent_death import die_with_parent

CLONE_NEWUSER = 0x10000000


def leave_root() -> None:
    """Enter a user namespace where root has another user id. Does nothing for other users.

    Raises:
        PermissionError: the machine does not allow user namespaces.
    """
    if os.geteuid() != 0:
        return
    if sys.platform != "linux" or ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWUSER) != 0:
        raise PermissionError(
            "PostgreSQL refuses to run as root, and this machine does not allow the user namespace that would help. "
            "Run Mercat as an ordinary user, or name a PostgreSQL of your own with DATABASE_URL_<SERVICE>."
        )
    _take_alias(Path("/proc/self"))


def _take_alias(process: Path) -> None:
    """Map root to the id of an existing user: PostgreSQL looks up the name of its user."""
    alias = min((entry for entry in pwd.getpwall() if entry.pw_uid != 0), key=lambda entry: entry.pw_uid)
    (process / "setgroups").write_text("deny")
    (process / "uid_map").write_text(f"{alias.pw_uid} 0 1")
    (process / "gid_map").write_text(f"{alias.pw_gid or alias.pw_uid} 0 1")


def command(argv: list[str], *, not_root: bool = False, signal_number: int = signal.SIGKILL) -> list[str]:
    """The command that runs `argv` through this module."""
    flags = ["--not-root"] if not_root else []
    return [sys.executable, "-m", "local_servers.child", *flags, "--signal", str(int(signal_number)), "--", *argv]


def main() -> None:
    """Replace this process by the command, which ends with the parent."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--not-root", action="store_true")
    parser.add_argument("--signal", type=int, default=int(signal.SIGKILL))
    parser.add_argument("argv", nargs="+")
    arguments = parser.parse_args()
    parent = os.getppid()
    if arguments.not_root:
        try:
            leave_root()
        except PermissionError as refusal:
            sys.exit(str(refusal))
    die_with_parent(arguments.signal)
    if os.getppid() != parent:
        sys.exit("the parent ended before its child began")
    os.execvp(arguments.argv[0], arguments.argv)  # noqa: S606 -- replacing this process is the purpose


if __name__ == "__main__":
    main()
