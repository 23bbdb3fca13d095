"""What a person types: `python -m deploy.release deploy|undeploy|diff|status ENV`; the work is in other modules."""

from __future__ import annotations

import contextlib
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from deploy.charts.release import Release
from deploy.platform import database_ca
from deploy.refusal import FAILED, INTERRUPTED, Refusal
from deploy.release import deploying, differences, health, lease, planned, rights, smoke, undeploying
from deploy.release.cluster import Cluster, connected
from deploy.release.environment import Environment, environment
from deploy.release.installed import Installed, good, installed, of
from deploy.release.installing import Installer
from deploy.terminal import Terminal

app = typer.Typer(
    name="python -m deploy.release",
    help="Brings all that an environment's cluster runs up, to date, and down.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Name = Annotated[str, typer.Argument(metavar="ENV", help="development, staging, production or cluster.")]
Service = Annotated[str | None, typer.Option(help="This service alone: it takes a deployer, no administrator.")]
Digest = Annotated[str, typer.Option(help="Of the services' image, sha256:...; without it the one that runs now.")]
Values = Annotated[
    list[Path] | None, typer.Option(help="A values file that is not in git. May be repeated.", exists=True)
]
Context = Annotated[str | None, typer.Option(help="Of the kubeconfig; on AWS the current one is meant without it.")]
Handover = Annotated[Path | None, typer.Option(help="Terraform's handover as a file, instead of SSM's.", exists=True)]
Minutes = Annotated[float, typer.Option(min=0.1, help="How long each part of a release may take to be healthy.")]


@app.command()
def deploy(
    name: Name,
    *,
    service: Service = None,
    digest: Digest = "",
    values: Values = None,
    context: Context = None,
    handover: Handover = None,
    minutes: Minutes = 10,
    smoke_url: Annotated[str, typer.Option(help="Where to ask, if not at the shop's own address.")] = "",
    smoke_at: Annotated[
        str,
        typer.Option(metavar="HOST:PORT", help="Where the shop listens, if its name and certificate are no real ones."),
    ] = "",
    smoke_seconds: Annotated[float, typer.Option(help="How long the edge may take to answer rightly.")] = 60,
    no_smoke: Annotated[bool, typer.Option("--no-smoke", help="Do not ask: where there is no way in yet.")] = False,
) -> None:
    """Install or update wave by wave, test from outside; what fails ends on the old version."""
    found, cluster, terminal = _opened(name, handover, values, digest, context)
    rights.refuse_without(cluster, everything=service is None)

    def test() -> None:
        if no_smoke:
            terminal.say("  left out: --no-smoke", "yellow")
        else:
            url, pages = smoke_url or smoke.address(found), bool(found.handover)
            smoke.ask(url, terminal, pages=pages, seconds=smoke_seconds, at=smoke_at)

    with _place() as place:
        installer = Installer(cluster, terminal, place, int(minutes * 60))
        there, certificates = _installed(found, cluster, service), _certificates(found, service)
        deploying.refuse_wrong(installer, _complete(found, cluster, service, there, certificates))
        if service is None:  # a deployer may not ask for namespaces: that of a service is there
            _make_namespace(cluster)
        with lease.held(cluster, terminal):
            there = _installed(found, cluster, service)
            releases = _complete(found, cluster, service, there, certificates)
            changes = deploying.deploy(installer, releases, there, test)
    terminal.say(f"\n{len(changes)} of {len(releases)} releases changed.", "bold")


@app.command()
def undeploy(
    name: Name,
    *,
    service: Service = None,
    context: Context = None,
    handover: Handover = None,
    yes_undeploy: Annotated[str | None, typer.Option(metavar="NAME", help="The environment's name, spelled.")] = None,
) -> None:
    """Remove all of it, or one service, and what would stop a destroy; ends by listing what is left."""
    found, cluster, terminal = _opened(name, handover, None, "", context)
    rights.refuse_without(cluster, everything=service is None)
    releases = planned.releases(found, service)
    _installed(found, cluster, service)
    rest = None
    if service is None:
        rest = undeploying.leftovers(cluster, terminal, releases, dedicated=bool(found.handover))
        undeploying.ask(terminal, rest, found.spelled, yes_undeploy)
    elif yes_undeploy != found.spelled:
        terminal.confirm(f"Remove {service} from {found.spelled}?", f"a pipeline passes --yes-undeploy {found.spelled}")
    with lease.held(cluster, terminal) as unlock:
        undeploying.undeploy(cluster, terminal, releases, rest, unlock)


@app.command()
def diff(
    name: Name,
    *,
    service: Service = None,
    digest: Digest = "",
    values: Values = None,
    context: Context = None,
    handover: Handover = None,
) -> None:
    """Show what a deploy would change, by release. What Secrets hold is not shown."""
    found, cluster, terminal = _opened(name, handover, values, digest, context)
    there = _installed(found, cluster, service)
    releases = _complete(found, cluster, service, there, _certificates(found, service))
    count = 0
    with _place() as place:
        for release, what, text in differences.differences(Installer(cluster, terminal, place), releases, there):
            count += 1
            terminal.say(f"\n{release} {what}", "bold")
            terminal.say(text)
    if service is None:
        namespaces = sorted({release.namespace for release in releases} - {"kube-system"})
        for revision in differences.removed(releases, there, namespaces):
            terminal.say(
                f"\n{revision.name} is planned no more: `helm uninstall {revision.name} -n {revision.namespace}`"
            )
    terminal.say(f"\n{count} of {len(releases)} releases would change.", "bold")


@app.command()
def status(name: Name, *, service: Service = None, context: Context = None, handover: Handover = None) -> None:
    """Show each release: revision, image, replicas, last failure, what to do. Ends with 1 where something is."""
    found, cluster, terminal = _opened(name, handover, None, "", context)
    there = _installed(found, cluster, service)
    table = Table("release", "revision", "status", "image", "ready")
    found_health = list(health.health(cluster, _planned(found, cluster, service, there), there, name))
    for each in found_health:
        table.add_row(each.name, each.revision, each.status, each.digest[:19], f"{each.ready}/{each.desired}")
    terminal.show(table)
    for each in (each for each in found_health if each.failure):
        terminal.say(f"{each.name} failed last in {each.failure}")
    advice = [f"{each.name}: {each.advice}" for each in found_health if each.advice]
    terminal.say("\n".join(advice) or "All is well.", "yellow" if advice else "green")
    raise typer.Exit(FAILED if advice else 0)


def _opened(
    name: str, handover: Path | None, values: list[Path] | None, digest: str, context: str | None
) -> tuple[Environment, Cluster, Terminal]:
    found = environment(name, handover, values or (), digest)
    return found, connected(found, context), Terminal()


def _installed(found: Environment, cluster: Cluster, service: str | None) -> Installed:
    """What is there; a deployer sees the Secrets of one namespace.

    Raises:
        Refusal: it is another environment's.
    """
    there = installed(cluster, [planned.NAMESPACE] if service else None)
    ours = [each for revisions in there.values() for each in revisions if each.namespace == planned.NAMESPACE]
    for other in sorted({str(each.values.get("environment", found.name)) for each in ours} - {found.name}):
        raise Refusal(
            f"The cluster of the context {cluster.context} runs {other}, not {found.name}: nothing was changed."
        )
    return there


def _planned(
    found: Environment, cluster: Cluster, service: str | None, there: Installed, certificates: str = ""
) -> list[Release]:
    """The releases that this cluster gets, of the image that runs now where none is named."""
    ours = {
        name: [each for each in there.get(name, []) if each.namespace == planned.NAMESPACE] for name in planned.names()
    }
    runs = {name: good(revisions) for name, revisions in ours.items()}
    digests = {name: each.values["image"]["digest"] for name, each in runs.items() if each}
    releases = planned.releases(found, service, digests, certificates)
    groups = cluster.groups() if any(release.unless for release in releases) else set()
    return [each for each in releases if of(there, each) or each.unless not in groups]


def _certificates(found: Environment, service: str | None) -> str:
    """Those that services verify RDS by, which lie in a release of the platform.

    Raises:
        Refusal: they cannot be had.
    """
    if service is not None or not found.handover:
        return ""
    try:
        return database_ca.fetch(found.handover["rds_ca_bundle_url"])
    except (database_ca.DatabaseAuthorityError, KeyError) as error:
        raise Refusal(f"The certificates of RDS cannot be had, so nothing was changed: {error}") from error


def _complete(
    found: Environment, cluster: Cluster, service: str | None, there: Installed, certificates: str
) -> list[Release]:
    """The releases with all that they need.

    Raises:
        Refusal: it is not known which image is meant.
    """
    releases = _planned(found, cluster, service, there, certificates)
    if not all(each.values.get("image", {}).get("digest") for each in releases if each.name in planned.names()):
        raise Refusal(
            "Which image? DIGEST=sha256:... that the pipeline recorded; nothing runs yet whose could be meant."
        )
    return releases


def _make_namespace(cluster: Cluster) -> None:
    """Where the lease is. The release of the namespaces takes it over."""
    if not cluster.objects(["namespaces"], selector=f"kubernetes.io/metadata.name={planned.NAMESPACE}"):
        about = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": planned.NAMESPACE, **planned.OWNER}}
        cluster.kubectl("create", "--filename", "-", stdin=json.dumps(about))


@contextlib.contextmanager
def _place() -> Iterator[Path]:
    """A folder nobody else may read: values may be secrets."""
    with tempfile.TemporaryDirectory(prefix="mercat-deploy-") as place:
        yield Path(place)


def refusing(app: typer.Typer) -> None:
    """Runs it as an entry point: a refusal is a message and its status, never a traceback."""
    try:
        app()
    except Refusal as refusal:
        print(f"\n✗ {refusal}", file=sys.stderr)
        sys.exit(refusal.status)
    except KeyboardInterrupt:
        print("\n✗ Interrupted. The same command finishes what is half done.", file=sys.stderr)
        sys.exit(INTERRUPTED)
