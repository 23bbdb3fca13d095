"""The `mercat` command. Each command is in a module of `mercat.commands`, imported when it is called."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from mercat.cli import admin, audit, doctor, operations, pictures, report
from mercat.installation import CommandError, command_line, locate

app = typer.Typer(
    name="mercat",
    help="A whole store on this machine. The word `up` starts it, `down` stops it.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.add_typer(admin.app, name="admin")
app.add_typer(doctor.app, name="doctor")

Offset = Annotated[
    int | None, typer.Option("--port-offset", help="Added to every port. Default: MERCAT_PORT_OFFSET, or 0.")
]


@app.command()
def up(
    *,
    replicas: Annotated[
        int | None, typer.Option(help="Processes of each service.", show_default="as it runs, or 1")
    ] = None,
    port_offset: Offset = None,
    attach: Annotated[
        bool, typer.Option("--attach", help="Stay in front with the logs; Ctrl-C stops the store.")
    ] = False,
    no_seed: Annotated[bool, typer.Option("--no-seed", help="Leave a new store empty.")] = False,
    observe: Annotated[
        bool | None,
        typer.Option(help="Run Prometheus and Alertmanager too.", show_default="as it was, or not"),
    ] = None,
) -> None:
    """Start the store and print its addresses. One that runs takes in what has changed since."""
    from mercat.commands import up

    installation = locate(offset=port_offset, replicas=1 if replicas is None else replicas)
    chosen = {"replicas"} if replicas is not None else set()
    if port_offset is not None or installation.user_settings.get("MERCAT_PORT_OFFSET"):
        chosen.add("offset")
    up.up(installation, attach=attach, seed=not no_seed, observe=observe, chosen=chosen)


@app.command()
def down() -> None:
    """Stop the store; its data stay."""
    from mercat.commands import down

    down.down(locate())


@app.command()
def status(*, as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False) -> None:
    """Show what runs. Ends with 1 when the store is not usable."""
    from mercat.commands import status

    if not status.status(locate(), as_json=as_json) and command_line.prefix() != "make":
        raise typer.Exit(1)  # for programs; make would call it an error


@app.command()
def restart(
    service: Annotated[str | None, typer.Argument(help="One service or process; all services if not given.")] = None,
) -> None:
    """Start a service again in order, one replica after the other, with the settings as they are now."""
    from mercat.commands import restart
    from mercat.stack.supervisor_process import running_installation

    restart.restart(running_installation(), service)


@app.command()
def dev(
    service: Annotated[str | None, typer.Argument(help="The service you work on; all if not given.")] = None,
    *,
    port_offset: Offset = None,
) -> None:
    """Start a service again whenever its code is saved, and show its log. Ctrl-C ends that; the store goes on."""
    from mercat.commands import dev, up
    from mercat.stack.supervisor_process import SupervisorProcess, running_installation

    installation = locate(offset=port_offset)
    if SupervisorProcess(installation).status() is None:
        up.up(installation, attach=False, seed=True)
    dev.dev(running_installation(), service, alive=SupervisorProcess(installation).lock.is_held)


@app.command()
def logs(
    service: Annotated[str | None, typer.Argument(help="One process, such as catalog or postgres.")] = None,
    *,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until Ctrl-C.")] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", min=1, help="How many of the last lines of each.")] = 20,
    raw: Annotated[bool, typer.Option("--raw", help="The lines as they were written.")] = False,
) -> None:
    """Show the logs of all processes, or of one."""
    from mercat.commands import logs

    installation = locate()
    logs.print_last(installation, service, lines=lines, raw=raw)
    if follow:
        logs.follow(installation, service, raw=raw, alive=lambda: True)


@app.command()
def reset(*, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Stop the store and remove all its data. Keys and certificates stay."""
    from mercat.commands import reset

    reset.reset(locate(), yes=yes)


@app.command()
def seed() -> None:
    """Load what is missing of the demo shop. Products that are there are left as they are."""
    from mercat.commands import seed
    from mercat.stack.supervisor_process import running_installation

    seed.seed(running_installation())


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A product export of a Shopify shop, CSV, or a part of one.")],
    *,
    currency: Annotated[
        str | None, typer.Option(help="What its prices are in; the export does not say. Default: the store's CURRENCY.")
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(help="What it is written in, such as cp1250. Default: found out, or asked for.")
    ] = None,
    stock: Annotated[
        str | None,
        typer.Option(help="keep or overwrite that of variants that are here. Default: a file of stock alone sets it."),
    ] = None,
    remove_prices: Annotated[
        str | None,
        typer.Option(
            metavar="CURRENCY", help="Take away its products' prices in this currency, but for those that it sets."
        ),
    ] = None,
) -> None:
    """Load the products of a Shopify shop. Safe to repeat. Ends with 1 when rows were refused."""
    from mercat.commands import import_products
    from mercat.stack.supervisor_process import running_installation

    options = {"currency": currency, "encoding": encoding, "stock": stock, "remove-prices": remove_prices}
    if import_products.import_file(running_installation(), file, options):
        raise typer.Exit(1)


@app.command()
def backup(
    file: Annotated[Path | None, typer.Argument(help="A new file; named by the time if not given.")] = None,
) -> None:
    """Keep the whole store in one file. A store that runs is stopped for it, and started again."""
    from mercat.commands import backup

    backup.backup(locate(), file)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A file that `backup` made.")],
) -> None:
    """Bring back the store of a backup. The one that is there is kept beside it."""
    from mercat.commands import restore

    restore.restore(locate(), file)


@app.command()
def trust(*, remove: Annotated[bool, typer.Option("--remove", help="Undo it.")] = False) -> None:
    """Make this machine's browsers accept the store's certificate."""
    from mercat.commands import trust as trusting

    trusting.trust(locate(), remove=remove)


operations.add_to(app)
report.add_to(app)
audit.add_to(app)
app.add_typer(pictures.pictures, name="pictures")


def main() -> None:
    """The entry point: a CommandError is printed as a message, with exit status 1."""
    try:
        app(prog_name=command_line.mercat_command("").strip())
    except CommandError as error:
        from mercat.commands import render

        render.console(stderr=True).print(f"[red]{'✗'}[/] ", end="")
        print(error, file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)


if __name__ == "__main__":
    main()
