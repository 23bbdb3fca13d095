"""Stand-ins for the programs that the pipeline calls, on the PATH: they keep what they know in one file of JSON.

gh      issues by label and title, runs and artifacts
aws     tags of the registry by account; budgets; the handover; files for a bucket, of which it keeps none
cosign  signatures, and copies between registries
"""

from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

_PROGRAM = """#!{python}
import json, re, sys
from pathlib import Path
file = Path({file!r})
known = json.loads(file.read_text())
asked = sys.argv[1:]
def option(name):
    return asked[asked.index(name) + 1]
def fail(said, code=1):
    sys.stderr.write(said)
    file.write_text(json.dumps(known))
    sys.exit(code)
known["asked"].append([{name!r}, *asked])
{body}
file.write_text(json.dumps(known))
"""
GH = """
issues = known["issues"]
if asked[:2] == ["issue", "list"]:
    found = [each for each in issues if each["label"] == option("--label") and each["state"] == "open"]
    print(json.dumps(found))
elif asked[:2] == ["issue", "create"]:
    number = len(issues) + 1
    made = {"number": number, "state": "open", "body": sys.stdin.read()}
    issues.append({**made, "label": option("--label"), "title": option("--title")})
    print(f"https://github.com/example/mercat/issues/{number}")
elif asked[:2] == ["issue", "edit"]:
    issues[int(asked[2]) - 1]["body"] = sys.stdin.read()
elif asked[:2] == ["issue", "close"]:
    issues[int(asked[2]) - 1]["state"] = "closed"
elif asked[0] == "api":
    print(json.dumps({"artifacts": known["artifacts"]}))
elif asked[:2] == ["run", "list"]:
    print(json.dumps(known["runs"]))
elif asked[:2] == ["run", "download"]:
    (Path(option("--dir")) / "of").write_text(asked[2])
elif asked[0] != "label":
    fail(f"stand-in: {asked}")
"""
AWS = """
if asked[:2] == ["ecr", "describe-images"]:
    tags = known["registries"].get(option("--registry-id"))
    if tags is None:
        fail("AccessDeniedException: no identity", 254)
    tag = option("--image-ids").removeprefix("imageTag=")
    if tag not in tags:
        fail("An error occurred (ImageNotFoundException) when calling the DescribeImages operation", 254)
    print(tags[tag])
elif asked[:2] == ["ecr", "get-login-password"]:
    print("password")
elif asked[:2] == ["budgets", "describe-budgets"]:
    print(json.dumps({"Budgets": known["budgets"]}))
elif asked[:2] == ["ssm", "get-parameter"]:
    print(json.dumps(known["handover"]))
else:
    fail(f"stand-in: {asked}", 254)
"""
COSIGN = """
if asked[0] == "verify":
    signer = known["signatures"].get(asked[-1].rpartition("@")[2])
    if signer != option("--certificate-identity"):
        fail("no matching signatures")
elif asked[0] == "copy":
    account, tag = re.match("^([0-9]+)[.].*:([0-9a-f]+)$", asked[2]).groups()
    known["registries"][account][tag] = known.get("copied") or asked[1].rpartition("@")[2]
elif asked[0] == "sign":
    known["signatures"][asked[-1].rpartition("@")[2]] = known["signer"]
elif asked[0] not in {"login", "attest"}:
    fail(f"stand-in: {asked}")
"""


class Known:
    """What the stand-ins know."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __getitem__(self, name: str) -> Any:
        return json.loads(self.file.read_text())[name]

    def set(self, **values: Any) -> None:
        self.file.write_text(json.dumps({**json.loads(self.file.read_text()), **values}))

    def called(self, program: str) -> list[list[str]]:
        return [each[1:] for each in self["asked"] if each[0] == program]


def programs(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Known:
    """Put them before all others on the PATH; what of GitHub is set on this machine is forgotten."""
    known = Known(folder / "known.json")
    empty: dict[str, Any] = {"asked": [], "issues": [], "artifacts": [], "runs": [], "registries": {}}
    known.file.write_text(json.dumps({**empty, "signatures": {}, "budgets": []}))
    (folder / "bin").mkdir()
    for name, body in {"gh": GH, "aws": AWS, "cosign": COSIGN}.items():
        program = folder / "bin" / name
        program.write_text(_PROGRAM.format(python=sys.executable, file=str(known.file), name=name, body=body))
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
    for name in [each for each in os.environ if each.startswith("GITHUB_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PATH", f"{folder / 'bin'}:{os.environ['PATH']}")
    return known
