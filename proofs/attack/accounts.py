"""`python -m proofs.attack.accounts`: an account of each role on the store that runs here, for a tester.

It prints their addresses and the one password of all. Only for a store on this machine: it makes the first
administrator beside the database, and reads the mails that the store sent.
"""

from __future__ import annotations

import asyncio

import aiohttp

from mercat.installation import CommandError
from mercat.stack.supervisor_process import running_installation
from proofs.attack.people import boss_of, member
from proofs.shopper import PASSWORD
from proofs.store import ProofStore

ROLES = ("support", "merchandiser", "customer")


async def made(store: ProofStore) -> dict[str, str]:
    """Make an account of each role; their addresses."""
    async with boss_of(store) as boss:
        found = {"admin": boss.email}
        for role in ROLES:
            async with member(store, boss, role) as person:
                found[role] = person.email
    return found


async def main() -> None:
    """Make and print them."""
    store = running_installation()
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as http:
        accounts = await made(ProofStore(store, http))
    for role, email in accounts.items():
        print(f"{role:13} {email:40} {PASSWORD}")


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except CommandError as refused:
        raise SystemExit(str(refused)) from None
