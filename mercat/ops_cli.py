"""What a person types about work that has stopped: the words `held`, `redrive`, `release`, `discard` and `follow`."""

from __future__ import annotations

from typing import Annotated

import typer

from mercat.refusal import Refusal

Service = Annotated[str | None, typer.Argument(help="One service; all if not given.")]
Yes = Annotated[bool, typer.Option("--yes", help="It cannot be undone: say that you mean it.")]


def held(service: Service = None) -> None:
    """Show what has stopped until somebody decides: jobs held, events given up, logs not followed."""
    from mercat import ops_command
    from mercat.control import running

    ops_command.show(running(), service)


def _operate(service: str | None, word: str, *options: str) -> None:
    """Ends with 1 where there was nothing to do."""
    from mercat import ops_command
    from mercat.control import running

    if not ops_command.act(running(), service, word, *options):
        raise typer.Exit(1)


def redrive(
    service: Service = None,
    *,
    producer: Annotated[str | None, typer.Option(help="Only events of this service.")] = None,
    only: Annotated[str | None, typer.Option(help="Only the aggregate of this id, or of this event.")] = None,
) -> None:
    """Try events again that were given up."""
    from mercat.ops_command import given

    _operate(service, "redrive", *given(producer=producer, only=only))


def release(
    service: Service = None,
    *,
    name: Annotated[str | None, typer.Option(help="Only jobs of this name.")] = None,
    job: Annotated[int | None, typer.Option(help="Only the job of this id, of one service.")] = None,
) -> None:
    """Do jobs that are held, as if they had not been tried."""
    from mercat.ops_command import given

    if job is not None and service is None:
        raise Refusal("Each service counts its own jobs: say of which service, before --job. Nothing was changed.")
    _operate(service, "release", *given(name=name, job=job))


def discard(
    service: Annotated[str, typer.Argument(help="The service that it stands in.")],
    *,
    event: Annotated[str | None, typer.Option(help="The id of an event given up.")] = None,
    job: Annotated[int | None, typer.Option(help="The id of a job held.")] = None,
    yes: Yes = False,
) -> None:
    """Give up for good one event given up, or one job held: it will never take effect."""
    from mercat.ops_command import given

    if (event is None) == (job is None):
        raise Refusal("Say which, by --event or by --job. Nothing was changed.")
    _operate(service, "discard", *given(event=event, job=job), *(["--yes"] if yes else []))


def follow(
    service: Annotated[str, typer.Argument(help="The service that follows.")],
    producer: Annotated[str, typer.Argument(help="The service whose log it follows.")],
    *,
    yes: Yes = False,
) -> None:
    """Have a service follow another's log again from the beginning of what is kept, 7 days."""
    _operate(service, "restart", producer, *(["--yes"] if yes else []))


def add_to(app: typer.Typer) -> None:
    """Make them words of the `mercat` command."""
    for word in (held, redrive, release, discard, follow):
        app.command()(word)
