"""`make calendar`: what recurs and is done by hand, and when it is due. Ends with 1 where one is overdue or wrong.

--report prints the same and ends with 0, for an issue; --checklist what has to be done until this quarter ends.
--today 2027-03-01 asks of another day.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from tools.audit_calendar import due, duties
from tools.gates.tree import ROOT


def main(argv: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """Print what was asked for; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.audit_calendar", description=__doc__)
    parser.add_argument("--today", type=date.fromisoformat, default=datetime.now(UTC).date())
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--report", action="store_true")
    which.add_argument("--checklist", action="store_true")
    given = parser.parse_args(argv)
    try:
        calendar = duties.read(root)
        wrong = duties.complaints(root, calendar, given.today)
    except duties.Wrong as error:
        print(error, file=sys.stderr)
        return 1
    print(due.checklist(calendar, given.today) if given.checklist else due.report(calendar, given.today))
    print("\n".join(wrong), file=sys.stderr, end="\n" if wrong else "")
    late = due.overdue(calendar, given.today)
    if late and not (given.report or given.checklist):
        names = ", ".join(each.duty.name for each in late)
        print(f"Overdue: {names}. Do it, and record it in {duties.RECORDS}.", file=sys.stderr)
    return int(bool(wrong) or (bool(late) and not (given.report or given.checklist)))


if __name__ == "__main__":
    sys.exit(main())
