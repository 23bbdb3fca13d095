"""The command line of `admin`: staff accounts, passwords, sessions and signing keys."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mercat.installation import CommandError

app = typer.Typer(
    help="Staff accounts, passwords, sessions and signing keys.", no_args_is_help=True, rich_markup_mode=None
)


@app.command()
def create(email: Annotated[str, typer.Option(help="Their e-mail address.")]) -> None:
    """Make an administrator. The password is asked for, or made and shown once."""
    from mercat.commands import admin
    from mercat.stack.supervisor_process import running_installation

    admin.create(running_installation(), email)


@app.command("reset-password")
def reset_password(email: Annotated[str, typer.Option(help="Whose account it is.")]) -> None:
    """Give an account a new password, asked for, or made and shown once. Its sessions end."""
    from mercat.commands import admin
    from mercat.stack.supervisor_process import running_installation

    admin.reset_password(running_installation(), email)


@app.command("list")
def list_staff(*, as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False) -> None:
    """Show each account with more than the customer's role: its roles, whether it is locked, its last sign-in."""
    from mercat.commands import admin
    from mercat.stack.supervisor_process import running_installation

    admin.show_staff(running_installation(), as_json=as_json)


@app.command("sign-out")
def sign_out(
    email: Annotated[str | None, typer.Option(help="Whose sessions end.")] = None,
    *,
    everybody: Annotated[bool, typer.Option("--everybody", help="All sessions of all people end.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="With --everybody: say that you mean it.")] = False,
) -> None:
    """End all sessions of an account, or of everybody, within seconds in every service."""
    from mercat.commands import admin
    from mercat.stack.supervisor_process import running_installation

    if (email is None) != everybody:
        raise CommandError("Say whose sessions: --email of one account, or --everybody. Nothing was changed.")
    if everybody and not yes:
        raise CommandError("Everybody has to sign in again. If you mean it, say --yes. Nothing was changed.")
    admin.sign_out(running_installation(), email)


@app.command("rotate-keys")
def rotate_keys(
    *,
    at_once: Annotated[bool, typer.Option("--at-once", help="The key leaked: withdraw it now.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="With --at-once: say that you mean it.")] = False,
) -> None:
    """Replace the key that signs access tokens, in a day or at once. Nobody has to sign in again."""
    from mercat.commands import admin
    from mercat.stack.supervisor_process import running_installation

    if at_once and not yes:
        raise CommandError("Tokens of every other key are refused from then on. If you mean it, say --yes.")
    admin.rotate_keys(running_installation(), at_once=at_once)


@app.command("reset-second-factor")
def reset_second_factor(email: Annotated[str, typer.Option(help="Whose account it is.")]) -> None:
    """Remove the second factor of somebody who has lost it, and their recovery codes. Their sessions end."""
    from mercat.commands import admin
    from mercat.stack.supervisor_process import running_installation

    admin.reset_second_factor(running_installation(), email)


@app.command("erase-again")
def erase_again(
    file: Annotated[Path, typer.Argument(help="With the id of an account in each line, such as log lines.")],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Say that you mean it.")] = False,
) -> None:
    """Erase accounts again that were erased before the store was restored to an earlier moment."""
    from mercat.commands import admin
    from mercat.stack.supervisor_process import running_installation

    if not yes:
        raise CommandError(f"The accounts in {file} are erased, without days to undo it. If you mean it, say --yes.")
    admin.erase_again(running_installation(), file)
