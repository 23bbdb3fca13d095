"""The commands of `admin`: they run programs of identity with its settings."""

from __future__ import annotations

import getpass
import json
import secrets
import shlex
import subprocess
import sys
from pathlib import Path

from mercat.commands import render
from mercat.config import environment
from mercat.config.services import discover
from mercat.installation import CommandError, Installation, command_line


def create(installation: Installation, email: str) -> None:
    """Create an administrator. The password is typed twice, or generated and shown once.

    An existing account gets the role and keeps its password.

    Raises:
        CommandError: identity refused; the message says why.
    """
    password, made = _ask_password()
    answer = json.loads(
        _run_identity(installation, "identity.create_admin", "--email", email, "--json", password=password)
    )
    out = render.console()
    email = answer["email"]
    if not answer["new"]:
        other = command_line.mercat_command(f"admin reset-password --email {shlex.quote(email)}")
        told = f"{email} had an account already: it is an administrator now, and its password is the one it had."
        out.print(told, markup=False, soft_wrap=True)
        out.print(f"To give it another one: {other}", markup=False, soft_wrap=True)
        return
    out.print(f"{email} is an administrator now.", markup=False)
    _show_generated(password, made=made)


def reset_password(installation: Installation, email: str) -> None:
    """Change the password of an account and end its sessions. It is typed twice, or generated and shown once.

    Raises:
        CommandError: there is no such account, or identity refused.
    """
    password, made = _ask_password()
    render.console().print(
        _run_identity(installation, "identity.reset_password", "--email", email, password=password), markup=False
    )
    _show_generated(password, made=made)


def show_staff(installation: Installation, *, as_json: bool) -> None:
    """Print who has more than the customer's role.

    Raises:
        CommandError: identity refused.
    """
    print(_run_identity(installation, "identity.list_staff", *(["--json"] if as_json else [])))


def sign_out(installation: Installation, email: str | None) -> None:
    """End the sessions of one account; without an address those of everybody.

    Raises:
        CommandError: there is no such account, or identity refused.
    """
    whose = ["--everybody", "--yes"] if email is None else ["--email", email]
    print(_run_identity(installation, "identity.sign_out", *whose))


def rotate_keys(installation: Installation, *, at_once: bool) -> None:
    """Publish the next signing key; at once: it signs now, and the others are withdrawn.

    Raises:
        CommandError: identity refused.
    """
    print(_run_identity(installation, "identity.rotate_keys", *(["--at-once", "--yes"] if at_once else [])))


def reset_second_factor(installation: Installation, email: str) -> None:
    """Remove the second factor of an account, whose sessions end.

    Raises:
        CommandError: there is no such account, or it has none.
    """
    print(_run_identity(installation, "identity.reset_second_factor", "--email", email))


def erase_again(installation: Installation, file: Path) -> None:
    """Erase the accounts again whose ids a file has.

    Raises:
        CommandError: the file cannot be read, or identity refused.
    """
    print(_run_identity(installation, "identity.erase_again", str(file.resolve()), "--yes"))


def _show_generated(password: str, *, made: bool) -> None:
    if made:
        out = render.console()
        out.print("The password, shown this once: ", end="")
        out.print(password, markup=False)


def _run_identity(installation: Installation, module: str, *options: str, password: str = "") -> str:
    specs = discover(installation.root)
    spec = next((spec for spec in specs if spec.name == "identity"), None)
    if spec is None:
        raise CommandError("This store has no identity service.")
    done = subprocess.run(
        [sys.executable, "-m", module, *options],
        env=environment.service(installation, specs, spec),
        cwd=installation.root,
        input=password,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise CommandError((done.stderr or done.stdout).strip() or f"{module} failed.")
    return done.stdout.strip()


def _ask_password() -> tuple[str, bool]:
    """The password, and whether it was generated."""
    if sys.stdin.isatty():
        typed = getpass.getpass("Password (empty: one is made for you): ")
        if typed:
            if getpass.getpass("Once more: ") != typed:
                raise CommandError("The two were not the same. Nothing was changed.")
            return typed, False
    return secrets.token_urlsafe(15), True
