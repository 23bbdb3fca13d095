"""The week's page of an environment's store: `python -m deploy.release.reported ENV [--file FILE] [--anew]`.

The scheduled job `report` of the cluster writes it into its log. What a job of the last day wrote is taken; else one is
run at once, as the log of an older one goes with its node.
"""

from __future__ import annotations

import json
import secrets
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from deploy.refusal import Refusal
from deploy.release.cli import Context, Handover, Name, interruptible
from deploy.release.cluster import Cluster, ClusterRefused, Object, connected
from deploy.release.environment import environment
from deploy.release.planned import NAMESPACE
from deploy.terminal import Terminal

_LABEL = "app.kubernetes.io/name=report"
_RECENT = timedelta(days=1)
# A little longer than the job may take (deploy/charts/report), with the start of its pod on a node that is new.
_SECONDS, _BETWEEN = 1200.0, 2.0


def page(cluster: Cluster, terminal: Terminal, *, anew: bool = False, seconds: float = _SECONDS) -> str:
    """The page, in Markdown.

    Raises:
        Refusal: the cluster has no such job, or it fails, with its reason.
    """
    for job in () if anew else _recent(cluster):
        if found := _written(cluster, job["metadata"]["name"])[0]:
            return found
    name = _run(cluster)
    with terminal.working(f"The job {name}"):
        ended = _ended(cluster, name, seconds)
    found, reason = _written(cluster, name)
    if not found:
        raise Refusal(f"The job {name} {ended} without a page. {reason or 'Its log says nothing.'}")
    return found


def _run(cluster: Cluster) -> str:
    """The name of a Job that runs now, as the scheduled one would."""
    try:
        scheduled = json.loads(
            cluster.kubectl("get", "cronjob", "report", "--namespace", NAMESPACE, "--output", "json")
        )
        template = scheduled["spec"]["jobTemplate"]
        about = {
            "name": f"report-{datetime.now(UTC):%Y%m%d%H%M%S}-{secrets.token_hex(2)}",
            "labels": template["metadata"]["labels"],
        }
        job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": about, "spec": template["spec"]}
        cluster.kubectl("create", "--namespace", NAMESPACE, "--filename", "-", stdin=json.dumps(job))
    except ClusterRefused as refused:
        raise Refusal(f"The report cannot be run: {refused}. `make deploy` installs its job, `report`.") from None
    return str(about["name"])


def _recent(cluster: Cluster) -> list[Object]:
    """Jobs that have ended well, of the last day, the newest first."""
    since = f"{datetime.now(UTC) - _RECENT:%Y-%m-%dT%H:%M:%SZ}"
    found = [
        each
        for each in cluster.objects(["jobs"], NAMESPACE, _LABEL)
        if _condition(each) == "Complete" and each["metadata"]["creationTimestamp"] >= since
    ]
    return sorted(found, key=lambda each: str(each["metadata"]["creationTimestamp"]), reverse=True)


def _ended(cluster: Cluster, name: str, seconds: float) -> str:
    """How the job ended, in a word."""
    deadline = time.monotonic() + seconds
    while True:
        job = next(
            (each for each in cluster.objects(["jobs"], NAMESPACE, _LABEL) if each["metadata"]["name"] == name), {}
        )
        if ended := _condition(job):
            return {"Complete": "ended"}.get(ended, "failed")
        if time.monotonic() > deadline:
            return f"did not end within {seconds:.0f} s"
        time.sleep(_BETWEEN)  # the API is asked again


def _condition(job: Object) -> str:
    """Complete, Failed, or empty while it runs."""
    found = [each["type"] for each in job.get("status", {}).get("conditions", []) if each["status"] == "True"]
    return next((kind for kind in found if kind in {"Complete", "Failed"}), "")


def _written(cluster: Cluster, job: str) -> tuple[str, str]:
    """The page in the log of a job, and the last that it said besides. A log that is gone has neither."""
    words = ("logs", "--selector", f"job-name={job}", "--namespace", NAMESPACE, "--tail", "-1")
    try:
        lines = cluster.kubectl(*words).splitlines()
    except ClusterRefused as refused:
        return "", str(refused)
    text, said = "", ""
    for line in lines:
        told = _parsed(line)
        text, said = told.get("report") or text, str(told.get("message") or line)
    return text, said


def _parsed(line: str) -> dict[str, str]:
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def report(
    name: Name,
    *,
    file: Annotated[Path | None, typer.Option(help="Where to write it; without it, to stdout.")] = None,
    anew: Annotated[bool, typer.Option("--anew", help="Run the job now, whatever was written today.")] = False,
    context: Context = None,
    handover: Handover = None,
) -> None:
    """Write the week's page of an environment's store."""
    found = environment(name, handover)
    text = page(connected(found, context), Terminal(Console(stderr=True, highlight=False)), anew=anew)
    if file is None:
        typer.echo(text, nl=False)
        return
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Refusal(f"{file} cannot be written: {error.strerror}.") from None


if __name__ == "__main__":
    interruptible(app)
