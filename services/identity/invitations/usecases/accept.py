"""Accept an invitation: the address gets an account with its roles, or its account gets them."""

from __future__ import annotations

from uuid import UUID

from chassis import audit
from chassis.db import WriteTx
from chassis.mail import SmtpSender
from chassis.sessions import revocations
from identity import audits, metrics, rights, store, taken_emails, verified_emails
from identity.context import IdentityContext
from identity.domain import mailed_links
from identity.domain.passwords import MAX_LENGTH, MIN_LENGTH, weakness
from identity.hashing import PasswordHasher
from identity.invitations import store as invitations
from identity.invitations.problems import InvitationNotFound
from identity.invitations.store import Invitation
from identity.keys import SigningKeys
from identity.own_roles import UnknownRole, scopes_given
from identity.problems import InvalidCredentials, WeakPassword
from identity.store import Account, Credentials

_OVER = "Links are good for 7 days and once. Ask whoever invited you for a new one."


async def accept(ctx: IdentityContext, token: str, password: str, name: str | None) -> Account:
    """The account, with the roles of the invitation beside those that it had; sessions of before end.

    Raises:
        InvitationNotFound. WeakPassword: of a new account. InvalidCredentials: the password is not that of the account
        which the address has. EmailTaken: it got an account meanwhile. Busy.
    """
    found = await _usable(ctx, token)
    async with ctx.db.read() as tx:
        owner = await store.credentials(tx, found.email)
    password_hash = await _proved(ctx, found, owner, password)
    with taken_emails.refused("Accept again, with the password of that account."):
        async with ctx.db.write() as tx:
            await rights.lock_changes(tx)
            await _refuse_void(tx, found)
            if owner is None:
                account = await store.insert_account(tx, found.email, name, password_hash, found.roles)
                ended: list[UUID] = []
            else:
                account, ended = await _promote(tx, owner, found.roles)
            # The link was mailed to this address, which the account had under the lock. A store without mail shows it
            # to who invites: that the address is theirs nobody has proved then.
            if ctx.get(SmtpSender).configured:
                await verified_emails.verify_email(tx, account.id)
            await audit.record(
                tx, "invitation.accepted", audits.subject(account.id), after={"roles": account.roles, "by": found.id}
            )
    if owner is None:
        metrics.SIGN_UPS.inc()
    await revocations.revoke(ctx, ended)
    return account


async def _usable(ctx: IdentityContext, token: str) -> Invitation:
    invitation_id = mailed_links.parse(ctx.get(SigningKeys).encryption.invitation_key, token)
    found = None
    if invitation_id is not None:
        async with ctx.db.read() as tx:
            found = await invitations.open_one(tx, invitation_id)
    if found is None:
        raise InvitationNotFound(_OVER)
    return found


async def _proved(ctx: IdentityContext, found: Invitation, owner: Credentials | None, password: str) -> str:
    """The hash of the new account's password, or of the right one of the account that there is."""
    hasher = ctx.get(PasswordHasher)
    if owner is not None:
        if not await hasher.verify(owner.password_hash, password) or owner.status != "active":
            raise InvalidCredentials("This address has an account: type its password.")
        return owner.password_hash
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise WeakPassword(f"It has to have {MIN_LENGTH} to {MAX_LENGTH} characters.")
    reason = weakness(password, found.email)
    if reason is not None:
        raise WeakPassword(reason)
    return await hasher.hash(password)


async def _refuse_void(tx: WriteTx, found: Invitation) -> None:
    """Use the invitation, if whoever made it may give these roles still.

    Raises:
        InvitationNotFound: it is over, or they may not.
    """
    inviter = await store.account(tx, found.invited_by)
    try:
        needed = await scopes_given(tx, found.roles) | {"accounts:write"}
    except UnknownRole:
        raise InvitationNotFound(_OVER) from None
    may = inviter is not None and inviter.status == "active" and needed <= inviter.scopes
    if not may or not await invitations.end(tx, found.id, accepted=True):
        raise InvitationNotFound(_OVER)


async def _promote(tx: WriteTx, owner: Credentials, roles: list[str]) -> tuple[Account, list[UUID]]:
    """The account with these roles, too, and the sessions that ended."""
    before = await store.lock_account(tx, owner.id)
    if before is None or before.status != "active" or before.session_version != owner.session_version:
        raise InvalidCredentials("The account changed meanwhile. Accept again.")
    account = await store.set_rights(tx, before, roles=sorted({*before.roles, *roles}))
    ended = await rights.end_all_sessions(tx, owner.id, "roles_changed")
    await rights.tell_changed(tx, [owner.id])
    return account, ended
