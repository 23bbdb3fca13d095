"""The command line of `audit`: who did what, from the audit logs of all services."""

from __future__ import annotations

from typing import Annotated

import typer

from mercat.installation import CommandError

SERVICE = typer.Option(help="Of this service alone; of all if not given.")


def audit(
    *,
    account: Annotated[
        str | None, typer.Option(metavar="ID", help="What this person did, or was done to them.")
    ] = None,
    session: Annotated[str | None, typer.Option(metavar="ID", help="What was done within this session.")] = None,
    ip: Annotated[str | None, typer.Option(metavar="NET", help="From this address or network: 203.0.113.0/24.")] = None,
    thing: Annotated[
        str | None, typer.Option("--object", metavar="THING", help="What was done to it: order:ID, variant:SKU.")
    ] = None,
    since: Annotated[str | None, typer.Option(metavar="TIME", help="Such as 2026-11-28T12:00:00Z.")] = None,
    until: Annotated[str | None, typer.Option(metavar="TIME", help="What was before it.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=5000, help="The newest so many.")] = 500,
    case: Annotated[
        str | None, typer.Option(metavar="NAME", help="Why it is read: kept with the record of it.")
    ] = None,
    service: Annotated[str | None, SERVICE] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Show who did what to what, when and from where. That it was read is recorded, too. Ends with 1 without a line."""
    from mercat.commands import audit as commands
    from mercat.commands.operations import as_options
    from mercat.stack.supervisor_process import running_installation

    asked = as_options(account=account, session=session, ip=ip, object=thing, since=since, until=until)
    if not asked:
        raise CommandError("Say what to look for: --account, --session, --ip, --object, --since or --until.")
    options = [*asked, *as_options(limit=limit, case=case)]
    if not commands.show(running_installation(), service, options, limit=limit, as_json=as_json):
        raise typer.Exit(1)


def add_to(app: typer.Typer) -> None:
    """Add the command to the `mercat` command."""
    app.command()(audit)
