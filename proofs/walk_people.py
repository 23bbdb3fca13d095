"""Asks by their examples what needs a link of a mail, or a code: a customer's account, and invitations of staff."""

from __future__ import annotations

import base64
import hmac
import re
import time
from functools import partial

from proofs import steps_of_people as steps
from proofs.example_client import ExampleClient
from proofs.shopper import PASSWORD

ADA, NEW_ADA, EVE = "ada@example.com", "ada@new.example.com", "eve@example.com"
# The example of a new password.
_NEXT = "nine purple otters sing"
_READY = "select ready_at is not null from account_exports where id = $1::uuid"
_JOINED = "select account_id is not null from orders where id = $1::uuid"


async def mailed(client: ExampleClient, page: str, to: str = ADA) -> None:
    """Know the token of the newest mail's link to this page; those that were known before do not count."""
    link, before = re.compile(rf"/account/{page}#(\S+)"), client.known.setdefault("tokens", set())

    async def found() -> str:
        mails = await client.store.mails(to)
        tokens = [match[1] for match in (link.search(mail["text"]) for mail in mails) if match]
        return tokens[0] if tokens and tokens[0] not in before else ""

    token = await client.until(found, f"the mail with the link to {page}")
    if token:
        client.known["token"] = token
        before.add(token)


def code_of(secret: str, at: float) -> str:
    """The code of RFC 6238 that an application shows at this moment: HMAC-SHA-1, six digits, 30 seconds."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, int(at // 30).to_bytes(8, "big"), "sha1")
    begin = digest[-1] & 15
    return f"{(int.from_bytes(digest[begin : begin + 4], 'big') & 0x7FFF_FFFF) % 1_000_000:06d}"


async def own_account(client: ExampleClient, guest_order: str) -> None:
    """Ada signs in and changes everything; at the end all is as before, but for a second factor.

    `guest_order` is one that she placed before she had an account.
    """
    await client.send(*steps.SIGN_IN, *steps.ADDRESSES, *steps.JOINED)
    joined = partial(client.store.value, "orders", _JOINED, guest_order)
    await client.until(joined, "the guest's order in the account")
    await _passwords(client)
    await _emails(client)
    await client.send(*steps.SIGN_IN, *steps.PROVED)
    await _factor(client)
    await client.send(*steps.NO_FACTOR)
    await _factor(client)
    client.forget("Authorization", "token", "password", "code", "secret")


async def _passwords(client: ExampleClient) -> None:
    client.known["password"] = _NEXT
    await client.send(*steps.OWN_PASSWORD, *steps.SIGN_IN_ANEW)
    await _reset(client)


async def _reset(client: ExampleClient) -> None:
    """Choose the first password again, and sign in with it."""
    await client.send(*steps.RESET)
    await mailed(client, "reset")
    client.known["password"] = PASSWORD
    await client.send(*steps.RESET_TO, *steps.SIGN_IN)


async def _emails(client: ExampleClient) -> None:
    """To the new address, and back to the old one: then another password has to be chosen."""
    await client.send(*steps.NEW_EMAIL)
    await mailed(client, "email", NEW_ADA)
    await client.send(*steps.NEW_EMAIL_BY_LINK)
    await mailed(client, "take-back")
    await client.send(*steps.OLD_EMAIL_BY_LINK)
    await mailed(client, "reset")
    await client.send(*steps.RESET_TO)


async def _factor(client: ExampleClient) -> None:
    await client.send(*steps.FACTOR)
    client.known["code"] = code_of(client.known.get("secret", ""), time.time())
    await client.send(*steps.FACTOR_BY_CODE)


async def somebody_who_leaves(client: ExampleClient) -> None:
    """Eve joins, downloads what is kept of her, wants to be erased, and stays; her account is `leaving_id` then."""
    ada = client.known["account_id"]
    client.known["email"] = EVE
    await client.send(*steps.ANOTHER)
    await mailed(client, "confirm", EVE)
    await client.send(*steps.ANOTHER_BY_LINK, *steps.ERASURE, *steps.EXPORT)
    ready = partial(client.store.value, "identity", _READY, client.known.get("export_id"))
    await client.until(ready, "the export")
    await client.send(*steps.EXPORTED)
    client.known |= {"leaving_id": client.known["account_id"], "account_id": ada}
    client.forget("Authorization", "token", "email")


async def erased_by_staff(client: ExampleClient) -> None:
    """Staff have Eve's account erased."""
    ada = client.known["account_id"]
    client.known["account_id"] = client.known["leaving_id"]
    await client.send(*steps.ERASED_BY_STAFF)
    client.known["account_id"] = ada


async def staff_of_the_shop(client: ExampleClient) -> None:
    """Staff end Ada's second factor, make a role, and invite her; she accepts. They ask each service about itself."""
    await client.send(*steps.OTHERS_FACTOR, *steps.ROLES, *steps.KNOWN, *steps.INVITED)
    await mailed(client, "invitation")
    await client.send(*steps.INVITED_AGAIN)
    await mailed(client, "invitation")
    await client.send(*steps.ACCEPTED, *steps.OPERATIONS)
    client.forget("token", "note_id", "group_id", "version")
