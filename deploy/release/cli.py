"""What a person types: `python -m deploy.release COMMAND ENV`; the work is in other modules."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from deploy.refusal import FAILED, INTERRUPTED, refusing
from deploy.release import (
    deploying,
    differences,
    health,
    lease,
    opening,
    planned,
    rights,
    smoke,
    taking_back,
    undeploying,
    watching,
)
from deploy.release.installing import Installer

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
Services = Annotated[
    list[str] | None, typer.Option("--service", help="As it. May be repeated: all of them or none change.")
]
Digest = Annotated[str, typer.Option(help="Of the services' image, sha256:...; without it the one that runs now.")]
Values = Annotated[
    list[Path] | None, typer.Option(help="A values file that is not in git. May be repeated.", exists=True)
]
Context = Annotated[str | None, typer.Option(help="Of the kubeconfig; on AWS the current one is meant without it.")]
Handover = Annotated[Path | None, typer.Option(help="Terraform's handover as a file, instead of SSM's.", exists=True)]
Minutes = Annotated[float, typer.Option(min=0.1, help="How long each part of a release may take to be healthy.")]
SmokeUrl = Annotated[str, typer.Option(help="Where to ask, if not at the shop's own address.")]
SmokeAt = Annotated[
    str, typer.Option(metavar="HOST:PORT", help="Where the shop listens, if its name and certificate are no real ones.")
]
SmokeSeconds = Annotated[float, typer.Option(help="How long the edge may take to answer rightly.")]
NoSmoke = Annotated[bool, typer.Option("--no-smoke", help="Do not ask: where there is no way in yet.")]
Prometheus = Annotated[str, typer.Option(metavar="URL", help="Where Prometheus is; without it a port is forwarded.")]


@app.command()
def deploy(
    name: Name,
    *,
    service: Services = None,
    digest: Digest = "",
    values: Values = None,
    context: Context = None,
    handover: Handover = None,
    minutes: Minutes = 10,
    smoke_url: SmokeUrl = "",
    smoke_at: SmokeAt = "",
    smoke_seconds: SmokeSeconds = 60,
    no_smoke: NoSmoke = False,
    watch: Annotated[float, typer.Option(min=0, max=60, help="So many minutes of its objectives; 0: none.")] = 0,
    prometheus: Prometheus = "",
) -> None:
    """Install or update wave by wave, test from outside, watch; what fails ends on the old version."""
    services = service or []
    found, cluster, terminal = opening.opened(name, handover, values, digest, context)
    rights.refuse_without(cluster, everything=not services)
    asked = smoke.Asked(smoke_url, smoke_at, smoke_seconds, left_out=no_smoke)

    with opening.place() as place:
        installer = Installer(cluster, terminal, place, int(minutes * 60))
        there, certificates = opening.there(found, cluster, services), opening.authorities(found, services)
        deploying.refuse_wrong(installer, opening.complete(found, cluster, services, there, certificates))
        if not services:  # a deployer may not ask for namespaces: that of a service is there
            opening.make_namespace(cluster)
        with lease.held(cluster, terminal):
            there = opening.there(found, cluster, services)
            releases = opening.complete(found, cluster, services, there, certificates)
            watched = watching.begun(cluster, terminal, releases, watch, prometheus)

            def test() -> None:
                smoke.asked(asked, found, terminal)
                watching.watch(watched)

            changes = deploying.deploy(installer, releases, there, test)
    terminal.say(f"\n{len(changes)} of {len(releases)} releases changed.", "bold")


@app.command()
def rollback(
    name: Name,
    *,
    service: Services = None,
    context: Context = None,
    handover: Handover = None,
    minutes: Minutes = 10,
    smoke_url: SmokeUrl = "",
    smoke_at: SmokeAt = "",
    smoke_seconds: SmokeSeconds = 60,
    no_smoke: NoSmoke = False,
) -> None:
    """Take services back to the version before; without --service all of them. Nothing of a database changes."""
    services = service or planned.names()
    found, cluster, terminal = opening.opened(name, handover, None, "", context)
    rights.refuse_without(cluster, everything=False)
    with opening.place() as place, lease.held(cluster, terminal):
        there = opening.there(found, cluster, services)
        releases = opening.complete(found, cluster, services, there, "")
        taking_back.take_back(Installer(cluster, terminal, place, int(minutes * 60)), releases, there)
        terminal.say("\nSmoke test", "bold")
        smoke.asked(smoke.Asked(smoke_url, smoke_at, smoke_seconds, left_out=no_smoke), found, terminal)


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
    found, cluster, terminal = opening.opened(name, handover, None, "", context)
    rights.refuse_without(cluster, everything=service is None)
    releases = planned.releases(found, service)
    opening.there(found, cluster, [service] if service else [])
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
    service: Services = None,
    digest: Digest = "",
    values: Values = None,
    context: Context = None,
    handover: Handover = None,
) -> None:
    """Show what a deploy would change, by release. What Secrets hold is not shown."""
    services = service or []
    found, cluster, terminal = opening.opened(name, handover, values, digest, context)
    there = opening.there(found, cluster, services)
    releases = opening.complete(found, cluster, services, there, opening.authorities(found, services))
    count = 0
    with opening.place() as place:
        for release, what, text in differences.differences(Installer(cluster, terminal, place), releases, there):
            count += 1
            terminal.say(f"\n{release} {what}", "bold")
            terminal.say(text)
    if not services:
        namespaces = sorted({release.namespace for release in releases} - {"kube-system"})
        for revision in differences.removed(releases, there, namespaces):
            terminal.say(
                f"\n{revision.name} is planned no more: `helm uninstall {revision.name} -n {revision.namespace}`"
            )
    terminal.say(f"\n{count} of {len(releases)} releases would change.", "bold")


@app.command()
def status(name: Name, *, service: Services = None, context: Context = None, handover: Handover = None) -> None:
    """Show each release: revision, image, replicas, last failure, what to do. Ends with 1 where something is."""
    services = service or []
    found, cluster, terminal = opening.opened(name, handover, None, "", context)
    there = opening.there(found, cluster, services)
    table = Table("release", "revision", "status", "image", "ready")
    found_health = list(health.health(cluster, opening.meant(found, cluster, services, there), there, name))
    for each in found_health:
        table.add_row(each.name, each.revision, each.status, each.digest[:19], f"{each.ready}/{each.desired}")
    terminal.show(table)
    for each in (each for each in found_health if each.failure):
        terminal.say(f"{each.name} failed last in {each.failure}")
    advice = [f"{each.name}: {each.advice}" for each in found_health if each.advice]
    terminal.say("\n".join(advice) or "All is well.", "yellow" if advice else "green")
    raise typer.Exit(FAILED if advice else 0)


def interruptible(work: Callable[[], None]) -> None:
    """Run an entry point whose command is repeated after Ctrl-C."""
    try:
        refusing(work)
    except KeyboardInterrupt:
        print("\n✗ Interrupted. The same command finishes what is half done.", file=sys.stderr)
        sys.exit(INTERRUPTED)
