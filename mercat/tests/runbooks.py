"""The laptop's commands of docs/runbooks and docs/compliance, typed in one shell against a store, as by an operator."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from mercat.config import environment, services
from mercat.installation import Installation
from mercat.tests.conftest import ROOT

# Others of docs/compliance have blocks for the runner of guides (proofs/tutorials).
_COMPLIANCE = [ROOT / f"docs/compliance/{name}.md" for name in ("access-review", "breach", "calendar", "incidents")]
PAGES = [*sorted(ROOT.glob("docs/runbooks/*.md")), *_COMPLIANCE]
# Blocks whose info string is `sh` and nothing more; each line is a command.
_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# Commands by how they begin, and why they are not run here; $ is the end of one.
NOT_RUN = {
    ". docs/runbooks/laptop.sh": "read once, before all others",
    ".venv/bin/mercat backup": "stops the store for seconds: test_restored_backup_has_all_data runs it",
    ".venv/bin/mercat admin reset-password": "asks for an account: test_administrator_is_created runs it",
    ".venv/bin/mercat down": "stops the store: test_down_ends_all_processes runs it",
    "make calendar": "asks no store: tools/audit_calendar runs it",
    ".venv/bin/mercat follow": "handles a week of events again: test_operations runs it",
    **dict.fromkeys(
        (".venv/bin/mercat restart orders", ".venv/bin/mercat restart catalog", ".venv/bin/mercat restart postgres"),
        "as `restart payments` and `restart valkey`, which are run; the start of each is tested",
    ),
    **dict.fromkeys(
        (
            ".venv/bin/mercat release orders$",
            ".venv/bin/mercat redrive orders$",
            ".venv/bin/mercat discard orders --job",
        ),
        "the same with another choice of what it is done to is run",
    ),
}
# What stands in a page for what an operator puts in; {number} is another one for each command.
GIVEN = {"PID": "0", "SKU": "none", "EVENT_ID": "runbook-{number}", "JOB_ID": "{number}"}
# A job that is held and an event that was given up, before each command that looks for one.
_SEED = """
insert into jobs (id, name, payload, tries, held_at, error) overriding system value
values ({number}, 'orders.mail', '{{}}', 8, now(), 'a test');
insert into inbox_dead (producer, aggregate, aggregate_id, version, event_id, type, occurred_at, data, state, tries)
values ('payments', 'payment', gen_random_uuid(), 1, 'runbook-{number}', 'payment.made', now(), '{{}}', 'dead', 8)
"""
_PASSWORD = '"$STATE/keys/postgres-postgres.password"'
# Metrics of requests and limits begin with the first one.
_REQUEST = 'curl --silent --max-time 60 --output /dev/null "http://127.0.0.1:$(port traefik)/api/v1/cart"'
_LOOKS_FOR_ONE = re.compile(r"mercat (release|redrive|discard)")


class Ended(NamedTuple):
    """A command, its exit status, and what it said on both outputs."""

    command: str
    status: int
    text: str
    errors: str


def commands() -> dict[str, str]:
    """Each command of the pages once, and the first page that has it."""
    found: dict[str, str] = {}
    for page in PAGES:
        for block in _BLOCK.findall(page.read_text(encoding="utf-8")):
            for command in block.splitlines():
                found.setdefault(command, page.stem)
    return found


def left_out(command: str) -> str:
    """Why a command is not run; nothing when it is."""
    return next((reason for start, reason in NOT_RUN.items() if f"{command}$".startswith(start)), "")


def run(environment: Mapping[str, str], folder: Path) -> Iterator[Ended]:
    """Run all commands but those of NOT_RUN; `folder` takes what they say."""
    typed = [command for command in commands() if not left_out(command)]
    script = ["set -u", ". docs/runbooks/laptop.sh", _REQUEST]
    for number, command in enumerate(typed, start=900_001):
        if _LOOKS_FOR_ONE.search(command):
            script.append(f"change={shlex.quote(_SEED.format(number=number))}")
            script.append(f'PGPASSWORD=$(cat {_PASSWORD}) $PSQL orders --quiet --command "$change"')
        (folder / f"{number}.sh").write_text(_filled(command, number), encoding="utf-8")
        place = shlex.quote(str(folder / str(number)))
        script.append(f"( . {place}.sh ) > {place}.out 2> {place}.err < /dev/null; echo $? > {place}.status")
    subprocess.run(["sh", "-c", "\n".join(script)], cwd=ROOT, env=environment, check=True, timeout=900)
    for number, command in enumerate(typed, start=900_001):
        status, text, errors = ((folder / f"{number}.{kind}").read_text() for kind in ("status", "out", "err"))
        yield Ended(command, int(status), text.strip(), errors.strip())


def _filled(command: str, number: int) -> str:
    for name, value in GIVEN.items():
        command = re.sub(rf"\b{name}\b", value.format(number=number), command)
    return command


def in_a_pod(installation: Installation, command: str) -> str:
    """What a command of cluster.sh says where `kubectl exec` runs the program of orders' pod on this machine."""
    specs = services.discover(ROOT)
    orders = next(spec for spec in specs if spec.name == "orders")
    secrets, port = installation.state / "pod", services.ports(installation, orders)[0]
    secrets.mkdir(exist_ok=True)
    (secrets / "database_url").write_text(environment.service(installation, specs, orders)["DATABASE_URL"])
    stands_in = f"""kubectl() {{
        if [ "$3" = get ]; then echo pod/orders-1; return; fi
        while [ "$1" != -- ]; do shift; done
        program=$(printf %s "$4" | sed s/:8000/:{port}/)
        MERCAT_SECRETS_DIR={shlex.quote(str(secrets))} {shlex.quote(sys.executable)} -c "$program" "${{5:-}}"
    }}"""
    script = f". docs/runbooks/cluster.sh\n{stands_in}\n{command}"
    done = subprocess.run(["sh", "-c", script], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    return done.stdout or done.stderr
