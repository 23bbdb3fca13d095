"""The commands `admin create` and `admin reset-password`: identity's own programs, run with its settings."""

from __future__ import annotations

import getpass
import json
import secrets
import shlex
import subprocess
import sys

from mercat import environment, show, words
from mercat.refusal import Refusal
from mercat.services import discover
from mercat.store import Store


def create(store: Store, email: str) -> None:
    """Make an administrator, with a password typed twice, or made here and shown once. An account that is there
    already gets the role and keeps its password.

    Raises:
        Refusal: identity would not; why.
    """
    password, made = _password()
    answer = json.loads(_identity(store, "identity.create_admin", "--email", email, "--json", password=password))
    out = show.console()
    email = answer["email"]
    if not answer["new"]:
        other = words.command(f"admin reset-password --email {shlex.quote(email)}")
        told = f"{email} had an account already: it is an administrator now, and its password is the one it had."
        out.print(told, markup=False, soft_wrap=True)
        out.print(f"To give it another one: {other}", markup=False, soft_wrap=True)
        return
    out.print(f"{email} is an administrator now.", markup=False)
    _show(password, made=made)


def reset_password(store: Store, email: str) -> None:
    """Give an account a password typed twice, or made here and shown once. Its sessions end.

    Raises:
        Refusal: there is no such account, or identity would not; why.
    """
    password, made = _password()
    show.console().print(_identity(store, "identity.reset_password", "--email", email, password=password), markup=False)
    _show(password, made=made)


def _show(password: str, *, made: bool) -> None:
    if made:
        out = show.console()
        out.print("The password, shown this once: ", end="")
        out.print(password, markup=False)


def _identity(store: Store, module: str, *options: str, password: str) -> str:
    specs = discover(store.root)
    spec = next((spec for spec in specs if spec.name == "identity"), None)
    if spec is None:
        raise Refusal("This store has no identity service.")
    done = subprocess.run(
        [sys.executable, "-m", module, *options],
        env=environment.service(store, specs, spec),
        cwd=store.root,
        input=password,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise Refusal((done.stderr or done.stdout).strip() or f"{module} failed.")
    return done.stdout.strip()


def _password() -> tuple[str, bool]:
    """The password, and whether it was made here."""
    if sys.stdin.isatty():
        typed = getpass.getpass("Password (empty: one is made for you): ")
        if typed:
            if getpass.getpass("Once more: ") != typed:
                raise Refusal("The two were not the same. Nothing was changed.")
            return typed, False
    return secrets.token_urlsafe(15), True
