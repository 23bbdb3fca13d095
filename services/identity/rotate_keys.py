"""Replaces the key that signs access tokens: `python -m identity.rotate_keys`.

The next key is published now and signs in 24 hours, when every service knows it; run again meanwhile, it changes
nothing. `--at-once --yes` is for a key that leaked: a new key signs from now on and all others are withdrawn. Every
replica follows within 30 seconds, and other services refuse tokens of before within about a minute once they meet a
token of the new key. Pages refresh by themselves: nobody signs in again.
"""

from __future__ import annotations

import argparse
import sys
from datetime import timedelta

from chassis.config import read_settings
from identity import operating
from identity.keys import KeyEncryption, SigningKeys
from identity.settings import IdentitySettings


async def _run(*, at_once: bool) -> str:
    settings = read_settings(IdentitySettings)
    keys = SigningKeys(KeyEncryption(settings.key_encryption_key_file), timedelta(days=settings.signing_key_days))
    async with operating.opened("identity-keys") as (db, _):
        made = await keys.rotate(db, at_once=at_once)
    if not made.new:
        return f"The next key is published already: {made.kid} signs from {made.active_from:%Y-%m-%d %H:%M} UTC on."
    if at_once:
        return f"{made.kid} signs from now on; every other key is withdrawn."
    return f"{made.kid} is published, and signs from {made.active_from:%Y-%m-%d %H:%M} UTC on."


def main() -> None:
    """Replace the key, and print since when the new one signs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--at-once", action="store_true", help="the key leaked: withdraw it now")
    parser.add_argument("--yes", action="store_true", help="with --at-once: say that you mean it")
    given = parser.parse_args()
    if given.at_once and not given.yes:
        sys.exit("Tokens of every other key are refused from then on. If you mean it, say --yes. Nothing was changed.")
    print(operating.run(_run(at_once=given.at_once)))  # noqa: T201 -- a command's answer


if __name__ == "__main__":
    main()
