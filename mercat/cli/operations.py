"""The command line of `held`, `redrive`, `release`, `discard` and `follow`, for held jobs and dead events; and of
`rebuild-figures`.
"""

from __future__ import annotations

from typing import Annotated

import typer

from mercat.installation import CommandError

Service = Annotated[str | None, typer.Argument(help="One service; all if not given.")]
Yes = Annotated[bool, typer.Option("--yes", help="It cannot be undone: say that you mean it.")]


def held(service: Service = None) -> None:
    """Show what has stopped until somebody decides: jobs held, events given up, logs not followed."""
    from mercat.commands import operations
    from mercat.stack.supervisor_process import running_installation

    operations.show_held(running_installation(), service)


def _operate(service: str | None, word: str, *options: str) -> None:
    """Run an operation; exit with status 1 if there was nothing to do."""
    from mercat.commands import operations
    from mercat.stack.supervisor_process import running_installation

    if not operations.operate(running_installation(), service, word, *options):
        raise typer.Exit(1)


def redrive(
    service: Service = None,
    *,
    producer: Annotated[str | None, typer.Option(help="Only events of this service.")] = None,
    only: Annotated[str | None, typer.Option(help="Only the aggregate of this id, or of this event.")] = None,
) -> None:
    """Try events again that were given up."""
    from mercat.commands.operations import as_options

    _operate(service, "redrive", *as_options(producer=producer, only=only))


def release(
    service: Service = None,
    *,
    name: Annotated[str | None, typer.Option(help="Only jobs of this name.")] = None,
    job: Annotated[int | None, typer.Option(help="Only the job of this id, of one service.")] = None,
) -> None:
    """Do jobs that are held, as if they had not been tried."""
    from mercat.commands.operations import as_options

    if job is not None and service is None:
        raise CommandError("Each service counts its own jobs: say of which service, before --job. Nothing was changed.")
    _operate(service, "release", *as_options(name=name, job=job))


def discard(
    service: Annotated[str, typer.Argument(help="The service that it stands in.")],
    *,
    event: Annotated[str | None, typer.Option(help="The id of an event given up.")] = None,
    job: Annotated[int | None, typer.Option(help="The id of a job held.")] = None,
    producer: Annotated[str | None, typer.Option(help="Whose event, where two services have one of this id.")] = None,
    yes: Yes = False,
) -> None:
    """Give up for good one event given up, or one job held: it will never take effect."""
    from mercat.commands.operations import as_options

    if (event is None) == (job is None):
        raise CommandError("Say which, by --event or by --job. Nothing was changed.")
    _operate(service, "discard", *as_options(event=event, job=job, producer=producer), *(["--yes"] if yes else []))


def follow(
    service: Annotated[str, typer.Argument(help="The service that follows.")],
    producer: Annotated[str, typer.Argument(help="The service whose log it follows.")],
    *,
    yes: Yes = False,
) -> None:
    """Have a service follow another's log again from the beginning of what is kept, 7 days."""
    _operate(service, "restart", producer, *(["--yes"] if yes else []))


def rebuild_figures(*, yes: Yes = False) -> None:
    """Have sales figures made anew of what orders and payments hold, in the background."""
    from mercat.commands import operations
    from mercat.stack.supervisor_process import running_installation

    operations.rebuild_figures(running_installation(), yes=yes)


def add_to(app: typer.Typer) -> None:
    """Add the commands to the `mercat` command."""
    for word in (held, redrive, release, discard, follow):
        app.command()(word)
    app.command("rebuild-figures")(rebuild_figures)
