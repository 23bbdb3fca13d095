"""The `mercat` command: what a person types. Each command's work is in a module of its own, imported when called."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from mercat import doctor_cli, ops_cli, pictures_cli
from mercat.refusal import Refusal

app = typer.Typer(
    name="mercat",
    help="A whole store on this machine. The word `up` starts it, `down` stops it.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
admin = typer.Typer(help="Administrators.", no_args_is_help=True, rich_markup_mode=None)


app.add_typer(admin, name="admin")
app.add_typer(doctor_cli.app, name="doctor")

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
) -> None:
    """Start the store and print its addresses. One that runs takes in what has changed since."""
    from mercat import up_command
    from mercat.store import locate

    store = locate(offset=port_offset, replicas=1 if replicas is None else replicas)
    chosen = {"replicas"} if replicas is not None else set()
    if port_offset is not None or store.person.get("MERCAT_PORT_OFFSET"):
        chosen.add("offset")
    up_command.up(store, attach=attach, seed=not no_seed, chosen=chosen)


@app.command()
def down() -> None:
    """Stop the store; its data stay."""
    from mercat import up_command
    from mercat.store import locate

    up_command.down(locate())


@app.command()
def status(*, as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False) -> None:
    """Show what runs. Ends with 1 when the store is not usable."""
    from mercat import up_command, words
    from mercat.store import locate

    if not up_command.status(locate(), as_json=as_json) and words.prefix() != "make":
        raise typer.Exit(1)  # for programs; make would call it an error


@app.command()
def restart(
    service: Annotated[str | None, typer.Argument(help="One service or process; all services if not given.")] = None,
) -> None:
    """Start a service again in order, one replica after the other, with the settings as they are now."""
    from mercat import restart_command
    from mercat.control import running

    restart_command.restart(running(), service)


@app.command()
def dev(
    service: Annotated[str | None, typer.Argument(help="The service you work on; all if not given.")] = None,
    *,
    port_offset: Offset = None,
) -> None:
    """Start a service again whenever its code is saved, and show its log. Ctrl-C ends that; the store goes on."""
    from mercat import dev_command, up_command
    from mercat.control import Control, running
    from mercat.store import locate

    store = locate(offset=port_offset)
    if Control(store).status() is None:
        up_command.up(store, attach=False, seed=True)
    dev_command.dev(running(), service, alive=Control(store).lock.is_held)


@app.command()
def logs(
    service: Annotated[str | None, typer.Argument(help="One process, such as catalog or postgres.")] = None,
    *,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until Ctrl-C.")] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", min=1, help="How many of the last lines of each.")] = 20,
    raw: Annotated[bool, typer.Option("--raw", help="The lines as they were written.")] = False,
) -> None:
    """Show the logs of all processes, or of one."""
    from mercat import logs_command
    from mercat.store import locate

    store = locate()
    logs_command.show_last(store, service, lines=lines, raw=raw)
    if follow:
        logs_command.follow(store, service, raw=raw, alive=lambda: True)


@app.command()
def reset(*, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Stop the store and remove all its data. Keys and certificates stay."""
    from mercat import up_command
    from mercat.store import locate

    up_command.reset(locate(), yes=yes)


@app.command()
def seed() -> None:
    """Load what is missing of the demo shop. Products that are there are left as they are."""
    from mercat import seeding
    from mercat.control import running

    seeding.seed_now(running())


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
    from mercat import import_command
    from mercat.control import running

    options = {"currency": currency, "encoding": encoding, "stock": stock, "remove-prices": remove_prices}
    if import_command.import_file(running(), file, options):
        raise typer.Exit(1)


@admin.command()
def create(email: Annotated[str, typer.Option(help="Their e-mail address.")]) -> None:
    """Make an administrator. The password is asked for, or made and shown once."""
    from mercat import admin_command
    from mercat.control import running

    admin_command.create(running(), email)


@admin.command("reset-password")
def reset_password(email: Annotated[str, typer.Option(help="Whose account it is.")]) -> None:
    """Give an account a new password, asked for, or made and shown once. Its sessions end."""
    from mercat import admin_command
    from mercat.control import running

    admin_command.reset_password(running(), email)


@app.command()
def backup(
    file: Annotated[Path | None, typer.Argument(help="A new file; named by the time if not given.")] = None,
) -> None:
    """Keep the whole store in one file. A store that runs is stopped for it, and started again."""
    from mercat import backup_command
    from mercat.store import locate

    backup_command.backup(locate(), file)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A file that `backup` made.")],
) -> None:
    """Bring back the store of a backup. The one that is there is kept beside it."""
    from mercat import restore_command
    from mercat.store import locate

    restore_command.restore(locate(), file)


@app.command()
def trust(*, remove: Annotated[bool, typer.Option("--remove", help="Undo it.")] = False) -> None:
    """Make this machine's browsers accept the store's certificate."""
    from mercat import trust as trusting
    from mercat.store import locate

    trusting.trust(locate(), remove=remove)


ops_cli.add_to(app)
app.add_typer(pictures_cli.pictures, name="pictures")


def main() -> None:
    """The entry point: a refusal is a message and status 1, never a traceback."""
    try:
        from mercat import words

        app(prog_name=words.command("").strip())
    except Refusal as refusal:
        from mercat import show

        show.console(stderr=True).print(f"[red]{'✗'}[/] ", end="")
        print(refusal, file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)


if __name__ == "__main__":
    main()
