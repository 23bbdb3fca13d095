"""Staff erase an account for its owner; who may not, what is locked stays locked, and a thief erases nobody."""

from __future__ import annotations

import asyncpg
import pytest

from chassis.values import uuid7
from identity.tests.privacy.erasing import ME, ask, go_on, state

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def staff(people, *roles: str):
    """Somebody with these roles, signed in."""
    made = await people.join(signed_in=False)
    await people.execute("update accounts set roles = $2 where id = $1", made.id, list(roles))
    return type(made)(made.email, made.id, await people.session(made.email))


async def erase(people, by, account_id):
    return await people.post(f"admin/accounts/{account_id}/erasure", by.headers)


async def test_staff_ask_for_it_its_owner_is_told_and_can_undo_it(people, others):
    boss, ada = await staff(people, "admin", "customer"), await people.join()
    path = f"/api/v1/admin/accounts/{ada.id}/erasure"
    assert (await people.service.client.get(path, headers=boss.headers)).status_code == 404
    asked = await erase(people, boss, ada.id)
    assert (asked.status_code, asked.json()["state"]) == (202, "waiting")
    assert (await people.mail(ada.email))["Subject"] == "Your account will be erased"
    assert (await people.service.client.delete(f"{ME}/erasure", headers=ada.headers)).status_code == 204
    assert (await erase(people, boss, ada.id)).status_code == 202
    others.open[str(ada.id)] = ["a payment is open"]
    assert (await erase(people, boss, ada.id)).json()["type"] == "erasure-blocked"
    others.open.clear()
    await go_on(people, ada.id)
    assert (await erase(people, boss, ada.id)).json()["type"] == "erasure-begun"
    # It is not opened any more, neither by the API nor past it.
    opened = await people.service.client.put(
        f"/api/v1/admin/accounts/{ada.id}/status", json={"status": "active"}, headers=boss.headers
    )
    assert (opened.status_code, opened.json()["type"]) == (409, "erasure-begun")
    with pytest.raises(asyncpg.CheckViolationError, match="erasure of this account has begun"):
        await people.execute("update accounts set status = 'active' where id = $1", ada.id)
    assert (await people.service.client.get(path, headers=boss.headers)).json()["state"] == "begun"
    await go_on(people, ada.id)
    assert await state(people, ada) == "erased"
    assert (await people.service.client.get(path, headers=boss.headers)).json()["state"] == "erased"
    assert (await erase(people, boss, ada.id)).status_code == 404


async def test_who_may_not_erases_nobody(people, others):
    boss, helper, ada = (
        await staff(people, "admin", "customer"),
        await staff(people, "support", "customer"),
        await people.join(),
    )
    for who, whom, status in ((helper, ada, 403), (ada, boss, 403), (boss, boss, 409)):
        assert (await erase(people, who, whom.id)).status_code == status
    assert (await erase(people, boss, uuid7())).status_code == 404
    assert (await people.service.client.post(f"{ME}/erasure")).status_code == 401
    # Nobody erases who may do more than they, though another administrator is left.
    await staff(people, "admin")
    await people.execute("insert into own_roles values ('clerk', 'x', '{accounts:read,accounts:write}')")
    clerk = await staff(people, "clerk")
    assert (await erase(people, clerk, boss.id)).status_code == 403
    assert (await erase(people, clerk, ada.id)).status_code == 202
    assert await people.query("select count(*) from erasures where account_id = $1", boss.id) == 0


async def test_the_last_administrator_stays(people, others):
    boss = await staff(people, "admin", "customer")
    second = await staff(people, "admin", "customer")
    assert (await ask(people, boss)).status_code == 202
    await people.execute("update accounts set roles = '{customer}' where 'admin' = any(roles) and id <> $1", boss.id)
    await go_on(people, boss.id)
    assert await state(people, boss) == "asked"
    await people.execute("delete from erasures where account_id = $1", boss.id)
    refused = await ask(people, boss)
    assert (refused.status_code, refused.json()["type"]) == (409, "last-admin")
    await people.execute("update accounts set roles = '{admin,customer}' where id = $1", second.id)
    assert (await ask(people, boss)).status_code == 202


async def test_who_takes_their_address_back_keeps_the_account_that_a_thief_wanted_erased(people, others):
    ada = await people.join()
    theirs = "thief@example.com"
    assert (await people.move(ada, theirs)).status_code == 202
    assert (await people.post("email-changes/confirm", token=await people.link(theirs))).status_code == 204
    thief = type(ada)(theirs, ada.id, await people.session(theirs))
    assert (await ask(people, thief)).status_code == 202
    link = await people.link(ada.email)
    assert (await people.post("email-changes/take-back", token=link)).status_code == 204
    assert await people.query("select count(*) from erasures where account_id = $1", ada.id) == 0


async def test_what_has_begun_is_final_and_kept_for_ten_years(people, others):
    ada = await people.join()
    assert (await ask(people, ada)).status_code == 202
    for _ in range(2):
        await go_on(people, ada.id)
    for change in (
        "delete from erasures where account_id = $1",
        "update erasures set begun_at = null, erased_at = null where account_id = $1",
        "update erasures set erased_at = now() where account_id = $1",
        "update erasures set account_id = uuidv7() where account_id = $1",
    ):
        with pytest.raises(asyncpg.CheckViolationError):
            await people.execute(change, ada.id)
