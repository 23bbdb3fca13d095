"""The first lines of commits: what the commit does, as an order, in at most 72 characters.

`python -m tools.gates.commits` checks the last 50 commits; with BASE=commit those since it; with `--message FILE` the
message of a commit that is being made, as git's hook does.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tools.gates import tree

LONGEST = 72
LAST = 50
# The rule holds from then on: what was committed before cannot be written anew.
SINCE = "2026-11-30T00:00:00Z"
_THINGS = r"(it|them|this|that|things?|stuff|bugs?|code|tests?|files?|typos?|fix(es)?|changes?|again|more|review)"
_SAYS_NOTHING = re.compile(
    rf"(fix|mend|wip|misc|clean ?up|updates?|changes?|minor|tmp|temp|save|{_THINGS})( {_THINGS})*", re.IGNORECASE
)
# Words with the end of another form that are orders all the same.
_ORDERS = set(
    "Bring Ring Sing String Ping Swing Embed Feed Heed Need Seed Shed Speed Bleed Breed Exceed Proceed Succeed Wed "
    "Focus Bias Alias Canvas Bus".split()
)
_NO_ORDERS = set(
    "A An The This That These Those It I We You My Our Some No Now New Also And But In On For With".split()
)


def complaint(subject: str) -> str:
    """What is wrong with a commit's first line; empty if nothing is."""
    first = subject.split(" ", 1)[0]
    if not subject.strip():
        return "it is empty"
    if len(subject) > LONGEST:
        return f"{len(subject)} characters, at most {LONGEST}"
    if subject.endswith("."):
        return "no full stop at its end"
    if _SAYS_NOTHING.fullmatch(subject.rstrip("!")):
        return "say what changes and where"
    if not re.fullmatch(r"[A-Z][a-z]+(-[a-z]+)?,?", first):
        return "begin with a verb and a capital: Bound the keys of a request body"
    word = first.rstrip(",")
    if word in _NO_ORDERS or (word not in _ORDERS and re.search(r"(ed|ing|[^s]s)$", word)):
        return f"begin with an order (Add, Bound, Refuse), not with {word!r}"
    return ""


def of_message(text: str) -> str:
    """What is wrong with a message that is being written; what git words itself passes, and what a rebase folds."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    subject = lines[0] if lines else ""
    if subject.startswith(("Merge ", "Revert ", "fixup! ", "squash! ", "amend! ")):
        return ""
    if len(lines) > 1 and lines[1].strip():
        return "leave the second line empty"
    return complaint(subject)


def in_history(base: str = "", root: Path = tree.ROOT, since: str = SINCE) -> list[str]:
    """Complaints about the commits since `base`, or the last 50; merges and reverts are worded by git."""
    if _git(root, "rev-parse", "--verify", "--quiet", "HEAD").returncode != 0:
        return []  # nothing is committed yet
    chosen = [f"{base}..HEAD"] if base else [f"--max-count={LAST}", "HEAD"]
    done = _git(root, "log", "--no-merges", f"--since={since}", "--format=%h%x09%s", *chosen, "--")
    if done.returncode != 0:
        return [f"there is no commit {base} here; fetch it (in a workflow: fetch-depth: 0)"]
    subjects = [line.partition("\t") for line in done.stdout.splitlines()]
    wrong = [(name, text, complaint(text)) for name, _, text in subjects if not text.startswith('Revert "')]
    return [f"{name} {text!r}: {why}" for name, text, why in wrong if why]


def _git(root: Path, *argv: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["git", *argv], cwd=root, capture_output=True, text=True, check=False)


def main() -> None:
    """Check a message that is being written, or the history."""
    if sys.argv[1:2] == ["--message"]:
        path = Path(sys.argv[2])
        wrong = of_message(path.read_text(encoding="utf-8"))
        if wrong:
            sys.exit(f"The first line of the message: {wrong}. Commit again; your text is in {path}.")
        return
    found = in_history(os.environ.get("BASE", ""))
    if found:
        sys.exit("\n".join(found))


if __name__ == "__main__":
    main()
