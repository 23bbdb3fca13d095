"""The questions of questions.yaml: as values, as the table of docs/kubernetes/access.md, and as a script for a cluster.

python -m deploy.access.questions | sh     asks the cluster that kubectl is set to; impersonates each group
python -m deploy.access.questions --write  writes the table anew
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from deploy.access.can_i import Question

HERE = Path(__file__).resolve().parent
PAGE = HERE.parents[1] / "docs" / "kubernetes" / "access.md"
CHART = HERE.parent / "charts" / "access" / "values.yaml"
GROUPS: list[str] = yaml.safe_load(CHART.read_text(encoding="utf-8"))["groups"]
BEGIN, END = "<!-- table: python -m deploy.access.questions --write -->\n", "<!-- end -->"
_ASK = """\
ask() { # expected answer, group, and what kubectl is asked
  expected=$1 group=$2; shift 2
  found=$(kubectl auth can-i "$@" --as=check --as-group="$group" 2>/dev/null)
  [ "$found" = "$expected" ] || { echo "$group, $*: $found and not $expected"; failed=1; }
}
failed=0"""


def rows() -> list[dict[str, Any]]:
    """The lines of questions.yaml."""
    found: list[dict[str, Any]] = yaml.safe_load((HERE / "questions.yaml").read_text(encoding="utf-8"))
    return found


def questions() -> Iterator[tuple[Question, bool]]:
    """Each question of each group, and its answer."""
    for row in rows():
        for group in GROUPS:
            yield (
                Question(f"mercat:{group}", row["verb"], row["resource"], row.get("in", ""), row.get("name", "")),
                group in row["may"],
            )


def script() -> str:
    """A shell script that asks a real cluster, and ends with 1 where an answer is another."""
    lines = []
    for question, answer in questions():
        resource, _, subresource = question.resource.partition("/")
        words = [question.verb, f"{resource}/{question.name}" if question.name else resource]
        words += [f"--subresource={subresource}"] if subresource else []
        words += ["-n", question.namespace] if question.namespace else []
        lines.append(shlex.join(["ask", "yes" if answer else "no", question.group, *words]))
    return "\n".join([_ASK, *lines, "exit $failed", ""])


def page(text: str) -> str:
    """The page with its table made anew."""
    head, rest = text.split(BEGIN)
    tail = rest.split(END)[1]
    table = [f"| | where | {' | '.join(GROUPS)} |", f"| --- | --- |{' :---: |' * len(GROUPS)}"]
    for row in rows():
        marks = " | ".join("yes" if group in row["may"] else "" for group in GROUPS)
        where = row.get("in", "cluster")
        what = f"{row['verb']} {row['resource']}" + (f" {row['name']}" if "name" in row else "")
        table.append(f"| {row['what']} (`{what}`) | {where} | {marks} |")
    return f"{head}{BEGIN}{chr(10).join(table)}\n{END}{tail}"


def main() -> None:
    """Write the table, or print the script."""
    if sys.argv[1:] == ["--write"]:
        PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    else:
        sys.stdout.write(script())


if __name__ == "__main__":
    main()
