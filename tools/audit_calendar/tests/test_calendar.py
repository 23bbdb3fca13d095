"""The calendar's jobs run as often as it says, and what people have to do is told when it is overdue."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tools.audit_calendar import __main__ as program
from tools.audit_calendar import cron, due, duties
from tools.gates.tests.seeded import put
from tools.gates.tree import ROOT

BEGIN = date(2026, 11, 29)
HEAD = "# Calendar\n\n| duty | what | every | who | by |\n| --- | --- | --- | --- | --- |\n"
AUDIT = "| audit | holes | daily | developers | `nightly.yml: audit` runs `make audit` |\n"
BACKUPS = "| backups | their age | daily | operators | alert `BackupOld` |\n"
REVIEW = "| review | access | quarterly | security | by hand: [how](../how.md#here) |\n"
NIGHTLY = 'on:\n  schedule:\n    - cron: "1 2 * * *"\njobs:\n  audit:\n    steps:\n      - run: make audit\n'
RECORD = "  - {duty: review, date: 2026-12-01, who: security, result: done, reference: docs/how.md}\n"


def shop(folder: Path, page: str = AUDIT + BACKUPS + REVIEW, records: str = "", nightly: str = NIGHTLY) -> Path:
    files = {
        "docs/compliance/calendar.md": HEAD + page,
        "docs/compliance/records.yaml": f"since: 2026-11-29\nrecords:\n{records}",
        "docs/how.md": "# Here\n",
        "docs/runbooks/BackupOld.md": "# BackupOld\n",
        ".github/workflows/nightly.yml": nightly,
    }
    put(folder, files)
    return folder


def wrong(root: Path, today: date = date(2027, 1, 1)) -> list[str]:
    return duties.complaints(root, duties.read(root), today)


def test_our_calendar_is_so():
    assert wrong(ROOT, datetime.now(UTC).date()) == []


def test_a_calendar_that_fits_is_green(tmp_path):
    assert wrong(shop(tmp_path, records=RECORD)) == []


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"page": AUDIT + AUDIT}, "audit stands twice"),
        ({"page": AUDIT.replace("nightly.yml", "hourly.yml")}, "there is no job audit in a workflow of that name"),
        ({"page": AUDIT.replace(": audit`", ": audits`")}, "there is no job audits in it"),
        ({"page": AUDIT.replace("make audit", "make audits")}, "nightly.yml: audit does not run make audits"),
        ({"page": BACKUPS.replace("BackupOld", "BackupGone")}, "there is no alert BackupGone"),
        ({"page": REVIEW.replace("[how](../how.md#here)", "somehow")}, "by hand: link to how it is done"),
        ({"page": AUDIT.replace("`nightly.yml: audit` runs `make audit`", "a job")}, "audit: by: `file.yml: job` runs"),
        ({"nightly": NIGHTLY.replace("* * *", "* * 1")}, "nightly.yml runs every 7 days, and this is daily: 1 at most"),
        ({"nightly": NIGHTLY.replace("* * *", "* * 1-6")}, "nightly.yml runs every 2 days, and this is daily"),
        ({"nightly": NIGHTLY.replace("1 2 * * *", "@daily")}, "its schedule: '@daily' has not five fields"),
        ({"nightly": NIGHTLY.replace("schedule", "schedules")}, "nightly.yml has no schedule"),
        ({"records": RECORD.replace("review", "revue")}, "revue, 2026-12-01: no duty of that name is done by hand"),
        ({"records": RECORD.replace("review", "audit")}, "audit, 2026-12-01: no duty of that name is done by hand"),
        ({"records": RECORD.replace("2026-12-01", "2027-12-01")}, "2027-12-01: it is of the future"),
        ({"records": RECORD.replace("how.md", "gone.md")}, "docs/gone.md is not there"),
    ],
)
def test_what_is_not_so_is_told(tmp_path, changed, complaint):
    found = wrong(shop(tmp_path, **changed))
    assert [each for each in found if complaint in each], found


@pytest.mark.parametrize(
    "changed",
    [
        {"page": AUDIT.replace("daily", "often")},
        {"page": AUDIT.replace("developers", "")},
        {"records": RECORD.replace(", who: security", "")},
        {"records": RECORD.replace("result: done", "result: well")},
        {"records": RECORD.replace("2026-12-01", "soon")},
        {"records": RECORD.replace("2026-12-01", "2026-12-01T08:00:00Z")},
        {"records": RECORD.replace("docs/how.md", "[docs/how.md]")},
        {"records": RECORD.replace("result: done", "result: [done]")},
        {"records": "  - review\n"},
        {"records": "  review: done\n"},
        {"records": "  - {duty\n"},
    ],
)
def test_a_row_or_record_that_is_not_whole_is_refused(tmp_path, changed, capsys):
    assert program.main(["--report"], shop(tmp_path, **changed)) == 1
    assert "docs/compliance/" in capsys.readouterr().err


def test_what_was_never_done_is_due_one_period_after_the_calendar_begins(tmp_path, capsys):
    root = shop(tmp_path)
    assert [(each.duty.name, each.by) for each in due.due(duties.read(root))] == [("review", BEGIN + timedelta(92))]
    assert program.main(["--today", "2027-03-01"], root) == 0
    assert "in 0 days" in capsys.readouterr().out
    assert program.main(["--today", "2027-03-02"], root) == 1
    said = capsys.readouterr()
    assert "| review | quarterly | security | never | 2027-03-01 | OVERDUE by 1 days |" in said.out
    assert "Overdue: review." in said.err
    assert program.main(["--today", "2027-03-02", "--report"], root) == 0


def test_a_record_moves_the_day_and_one_that_failed_does_not(tmp_path):
    again = RECORD.replace("2026-12-01", "2027-02-01").replace("result: done", "result: failed")
    (review,) = due.due(duties.read(shop(tmp_path, records=again + RECORD)))
    assert (review.last, review.by) == (date(2026, 12, 1), date(2027, 3, 3))


def test_the_checklist_has_what_is_due_until_the_quarter_ends(tmp_path, capsys):
    yearly = REVIEW.replace("review", "test").replace("quarterly", "yearly").replace("../how.md", "")
    root = shop(tmp_path, page=REVIEW + yearly)
    assert program.main(["--checklist", "--today", "2027-01-01"], root) == 0
    title, _, *boxes = capsys.readouterr().out.splitlines()
    assert title == "Reviews of 2027 Q1"
    box = "- [ ] **review** (quarterly, security) by 2027-03-01: access. by hand: how (docs/how.md#here)"
    assert [each for each in boxes if each.startswith("- ")] == [box]
    assert program.main(["--checklist", "--today", "2027-12-31"], root) == 0
    said = capsys.readouterr().out
    assert said.count("- [ ]") == 2
    assert "by hand: how (docs/compliance/calendar.md#here)" in said


@pytest.mark.parametrize(
    ("expressions", "days"),
    [
        (["41 1 * * *"], 1),
        (["23 5 * * 1"], 7),
        (["0 0 * * 0"], 7),
        (["0 0 * * 7"], 7),
        (["0 0 1 * *"], 31),
        (["7 6 1 1,4,7,10 *"], 92),
        (["0 0 1 */3 *"], 92),
        (["0 0 1 1 *"], 366),
        (["0 0 1 * 1"], 7),
        (["0 0 1 * *", "0 0 15 * *"], 17),
        (["0 */6 */2 * *"], 2),
    ],
)
def test_the_longest_time_between_two_runs(expressions, days):
    assert cron.longest_gap(expressions) == days


@pytest.mark.parametrize("expression", ["* * *", "x * * * *", "0 0 0 * *", "0 0 31 2 *", "0 0 * * 1-9", "0 0 5-1 * *"])
def test_what_is_no_schedule_is_refused(expression):
    with pytest.raises(cron.Unreadable):
        cron.longest_gap([expression])
