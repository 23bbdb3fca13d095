"""Help for somebody who has lost their second factor: by an administrator, or by an operator."""

from __future__ import annotations

from identity.reset_second_factor import reset_second_factor
from identity.tests.joining import mailed
from identity.tests.second_factor.telephone import MINE, WISH, Telephone


async def test_a_lost_one_is_removed_by_an_administrator_or_an_operator(
    service, sign_up, sign_in, post, telephone, mailbox, query
):
    boss = await sign_up("boss@example.com")
    async with service.ctx.db.write() as tx:
        await tx.execute("update accounts set roles = '{admin,customer}' where id = $1", boss["id"])
    headers = (await sign_in("boss@example.com"))["headers"]
    path = f"/api/v1/admin/accounts/{telephone.account_id}/second-factor"
    before = (await post({**WISH, "code": telephone.code()})).json()["access_token"]
    assert (await service.client.delete(path, headers=headers)).status_code == 204
    mine = {"Authorization": f"Bearer {before}"}
    assert (await service.client.get("/api/v1/accounts/me", headers=mine)).status_code == 401
    assert (await service.client.delete(path, headers=headers)).json()["type"] == "no-second-factor"
    signed_in = await post(WISH)
    assert signed_in.status_code == 201

    bearer = {"Authorization": f"Bearer {signed_in.json()['access_token']}"}
    secret = (await post({}, MINE, **bearer)).json()["secret"]
    await post({"code": Telephone(secret).code()}, f"{MINE}/confirmations", **bearer)
    assert (await post(WISH)).status_code == 401
    counts = [await reset_second_factor(service.ctx.db, WISH["email"], by_mail=True) for _ in range(2)]
    assert counts == [1, None]
    assert await reset_second_factor(service.ctx.db, "nobody@example.com", by_mail=True) is None
    assert (await post(WISH)).status_code == 201
    # After those of the registration, the two factors that were set up, and the first that was removed.
    assert (await mailed(mailbox, WISH["email"], 5))["Subject"] == "Signing in needs no code any more"
    told = "select count(*) from account_mails where kind = 'factor_removed'"
    assert await query(told) == 2


async def test_a_store_without_mail_removes_a_lost_one_and_tells_nobody(service, telephone, query):
    assert await reset_second_factor(service.ctx.db, WISH["email"], by_mail=False) == 1
    assert await query("select count(*) from account_mails where kind = 'factor_removed'") == 0
