from __future__ import annotations

from datetime import UTC, datetime, timedelta

from identity.after_restore import after_restore


async def test_sessions_and_links_that_were_restored_are_not_good_and_later_ones_are(
    service, sign_up, sign_in, refresh, query
):
    # Another database may be of an earlier moment, which is the one that is named.
    moment = await query("select now()")
    await sign_up()
    before = await sign_in()
    asked = await service.client.post("/api/v1/accounts", json={"email": "bob@example.com"})
    assert asked.status_code == 202
    reset = await service.client.post("/api/v1/password-resets", json={"email": "ada@example.com"})
    assert reset.status_code == 202
    said = await after_restore(service.ctx, moment)
    assert said[0].startswith("1 sessions ended")
    assert (await refresh(before["refresh_token"]))[0].status_code == 401
    assert await query("select count(*) from registrations") == 0
    assert await query("select count(*) from account_mails") == 0
    assert await query("select count(*) from outbox where type = 'session.ended'") == 1
    after = await sign_in()
    assert (await refresh(after["refresh_token"]))[0].status_code == 200


async def test_staff_are_counted_for_the_operator(service, sign_up, query):
    await sign_up()
    async with service.ctx.db.write() as tx:
        await tx.execute("update accounts set roles = '{admin,customer}'")
        await tx.execute(
            "insert into staff_invitations (email, roles, invited_by, expires_at)"
            " select 'eve@example.com', '{support}', id, now() + interval '1 d' from accounts"
        )
    said = await after_restore(service.ctx, datetime.now(UTC) - timedelta(hours=1))
    assert await query("select count(*) from staff_invitations where ended_at is null") == 0
    assert "rotate-keys" in said[2]
    assert said[1].startswith("1 accounts have a staff role")
