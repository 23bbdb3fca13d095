"""The identity service."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

from chassis import outbox
from chassis.auth import Verifier
from chassis.mail import SmtpSender
from chassis.ops import api as ops
from chassis.service import create_service
from chassis.sessions import revocations
from chassis.shop_profile import watched
from identity import addresses, customers, invitations, mail, own_roles, privacy, second_factor
from identity.after_restore import after_restore
from identity.api import accounts, admin, internal, own_account, public, step_up
from identity.context import IdentityContext
from identity.glossary import GLOSSARY
from identity.hashing import PasswordHasher
from identity.jobs import jobs
from identity.keys import KeyEncryption, SigningKeys
from identity.readings import READINGS
from identity.rights import ENDED
from identity.settings import IdentitySettings

KEYS_SECONDS = 30
# Not in identity.jobs: the room has endpoints, too, of which jobs know nothing.
jobs.task(invitations.MAIL)(invitations.invitation_mail)
jobs.every(seconds=3600, name="identity.prune_invitations")(invitations.prune_invitations)
jobs.task(privacy.COLLECT)(privacy.export_collected)
jobs.task(privacy.LEARN)(privacy.erasures_learned)
jobs.every(seconds=60, name="identity.erase", when=privacy.DUE)(privacy.erasures_done)
jobs.every(seconds=3600, name="identity.forget_exports")(privacy.forget_old)


@asynccontextmanager
async def _means(ctx: IdentityContext) -> AsyncIterator[None]:
    settings = ctx.settings
    keys = SigningKeys(KeyEncryption(settings.key_encryption_key_file), timedelta(days=settings.signing_key_days))
    await keys.refresh(ctx.db)
    # Identity reads its own keys from its database, not over HTTP.
    ctx.get(Verifier).keys = keys.source
    hasher = PasswordHasher(
        memory_kib=settings.argon2_memory_kib, time_cost=settings.argon2_time_cost, queue=settings.password_queue
    )
    ctx.extras |= {SigningKeys: keys, PasswordHasher: hasher}
    async with AsyncExitStack() as stack:
        stack.callback(hasher.close)
        await stack.enter_async_context(watched(ctx))
        ctx.extras[SmtpSender] = await stack.enter_async_context(SmtpSender(settings.smtp_url))
        await stack.enter_async_context(ctx.loops.running("signing keys", lambda: _keep_fresh(ctx, keys)))
        # Nor does it follow its own feed: its sessions tell which have ended.
        await stack.enter_async_context(revocations.watched(ctx, ENDED, outbox.CHANNEL))
        yield


async def _keep_fresh(ctx: IdentityContext, keys: SigningKeys) -> None:
    """Read the keys every KEYS_SECONDS, so that all replicas sign with and publish the same ones."""
    while True:
        await asyncio.sleep(KEYS_SECONDS)
        try:
            await keys.refresh(ctx.db)
        except Exception as error:  # noqa: BLE001 -- the last keys are still used; the next round tries again
            ctx.log.warning("keys.unreadable", error=error)


app = create_service(
    "identity",
    settings=IdentitySettings,
    routers=[
        *second_factor.ROUTERS,
        *invitations.ROUTERS,
        *privacy.ROUTERS,
        own_roles.router,
        mail.router,
        *customers.ROUTERS,
        accounts.router,
        public.router,
        step_up.router,
        admin.router,
        internal.router,
        own_account.router,
        addresses.router,
        *ops.routers("identity"),
    ],
    jobs=jobs,
    on_start=_means,
    after_restore=after_restore,
    glossary=GLOSSARY,
    readings=READINGS,
)
