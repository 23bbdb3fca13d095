"""`mercat admin create`: the first person who may do everything."""

from __future__ import annotations

import getpass
import secrets
import subprocess
import sys

from mercat import environment, show
from mercat.refusal import Refusal
from mercat.services import discover
from mercat.store import Store


def create(store: Store, email: str) -> None:
    """Make an administrator, with a password typed twice, or made here and shown once.

    Raises:
        Refusal: identity would not; why.
    """
    specs = discover(store.root)
    spec = next((spec for spec in specs if spec.name == "identity"), None)
    if spec is None:
        raise Refusal("This store has no identity service.")
    password, made = _password()
    done = subprocess.run(
        [sys.executable, "-m", "identity.create_admin", "--email", email],
        env=environment.service(store, specs, spec),
        cwd=store.root,
        input=password,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise Refusal((done.stderr or done.stdout).strip() or "identity.create_admin failed.")
    out = show.console()
    out.print(done.stdout.strip() or f"{email} is an administrator now.", markup=False)
    if made:
        out.print("The password, shown this once: ", end="")
        out.print(password, markup=False)


def _password() -> tuple[str, bool]:
    """The password, and whether it was made here."""
    if sys.stdin.isatty():
        typed = getpass.getpass("Password (empty: one is made for you): ")
        if typed:
            if getpass.getpass("Once more: ") != typed:
                raise Refusal("The two were not the same. Nothing was changed.")
            return typed, False
    return secrets.token_urlsafe(15), True
