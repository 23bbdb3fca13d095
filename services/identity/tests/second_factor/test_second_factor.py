"""Signing in with a second factor, and without the one that was lost."""

from __future__ import annotations

import asyncio

import jwt

from identity.tests.conftest import PASSWORD
from identity.tests.joining import mailed
from identity.tests.second_factor.telephone import MINE, WISH, Telephone


async def test_a_sign_in_asks_for_a_code_and_takes_each_once(post, telephone, service):
    asked = await post(WISH)
    assert (asked.status_code, asked.json()["type"]) == (401, "second-factor-required")
    wrong = await post({**WISH, "password": "wrong", "code": telephone.code()})
    assert wrong.json()["type"] == "invalid-credentials"
    code = telephone.code()
    answers = await asyncio.gather(*(post({**WISH, "code": code}) for _ in range(4)))
    assert sorted(each.status_code for each in answers) == [201, 401, 401, 401]
    assert {each.json()["type"] for each in answers if each.status_code == 401} == {"wrong-code"}
    token = next(each.json()["access_token"] for each in answers if each.status_code == 201)
    state = await service.client.get(MINE, headers={"Authorization": f"Bearer {token}"})
    assert (state.json()["active"], state.json()["recovery_codes_left"]) == (True, 10)


async def test_a_right_password_without_a_right_code_is_in_the_audit_log(post, telephone, query):
    """Whoever reads it sees that somebody has the password."""
    asked = await post(WISH)
    token = (await post({**WISH, "code": telephone.code()})).json()["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    again = await post({"password": PASSWORD}, "/api/v1/sessions/step-up", **bearer)
    assert {each.json()["type"] for each in (asked, again)} == {"second-factor-required"}
    await post({**WISH, "code": telephone.wrong()})
    lines = """
    select array_agg(array[action, after ->> 'problem'] order by id) from audit_lines
    where outcome = 'failure' and object = $1
    """
    assert await query(lines, f"account:{telephone.account_id}") == [
        ["session.started", "second-factor-required"],
        ["session.proved", "second-factor-required"],
        ["session.started", "wrong-code"],
    ]


async def test_lines_about_missing_codes_are_counted_with_those_about_wrong_passwords(post, telephone, query):
    for number in range(24):
        await post(WISH if number % 2 else {**WISH, "password": "wrong"})
    written = "select count(*) from audit_lines where outcome = 'failure' and object = $1"
    assert await query(written, f"account:{telephone.account_id}") == 20


async def test_a_recovery_code_is_good_once_and_new_ones_end_those_of_before(post, telephone, query):
    first, second = telephone.recovery_codes[:2]
    answers = await asyncio.gather(*(post({**WISH, "code": first.lower()}) for _ in range(3)))
    assert sorted(each.status_code for each in answers) == [201, 401, 401]
    token = next(each.json()["access_token"] for each in answers if each.status_code == 201)
    drawn = await post({}, f"{MINE}/recovery-codes", Authorization=f"Bearer {token}")
    assert (drawn.status_code, len(drawn.json()["recovery_codes"])) == (201, 10)
    assert (await post({**WISH, "code": second})).status_code == 401
    assert (await post({**WISH, "code": drawn.json()["recovery_codes"][0]})).status_code == 201
    assert await query("select count(*) from audit_lines where action = 'second_factor.recovery_codes_drawn'") == 1


async def test_after_wrong_codes_none_is_taken_but_recovery_codes_are(post, telephone, query):
    for _ in range(5):
        assert (await post({**WISH, "code": telephone.wrong()})).json()["type"] == "wrong-code"
    assert await query("select failures from second_factors") == 5
    assert (await post({**WISH, "code": telephone.code()})).json()["type"] == "wrong-code"
    # What is blocked is not counted: the wait does not grow by it.
    assert await query("select failures from second_factors") == 5
    assert (await post({**WISH, "code": telephone.recovery_codes[0]})).status_code == 201


async def test_the_block_ends_and_a_right_code_forgets_failures(service, post, telephone, query):
    async with service.ctx.db.write() as tx:
        await tx.execute("update second_factors set failures = 7, blocked_until = now() - interval '1 s'")
    assert (await post({**WISH, "code": telephone.code()})).status_code == 201
    assert await query("select failures + coalesce(extract(epoch from blocked_until), 0) from second_factors") == 0


async def test_to_confirm_ends_other_sessions_and_the_secret_is_not_readable(service, sign_up, sign_in, post, query):
    await sign_up()
    other, session = await sign_in(), await sign_in()
    secrets = [(await service.client.post(MINE, headers=session["headers"])).json()["secret"] for _ in range(2)]
    assert secrets[0] != secrets[1]
    path, bearer = f"{MINE}/confirmations", session["headers"]
    assert (await post({"code": Telephone(secrets[0]).code()}, path, **bearer)).json()["type"] == "wrong-code"
    assert (await post(WISH)).status_code == 201
    telephone = Telephone(secrets[1])
    assert (await post({"code": telephone.code()}, path, **bearer)).status_code == 201
    assert (await service.client.get("/api/v1/accounts/me", headers=other["headers"])).status_code == 401
    assert (await service.client.get("/api/v1/accounts/me", headers=bearer)).status_code == 200
    stored = await query("select secret from second_factors")
    assert telephone.secret not in stored
    assert await query("select end_reason from sessions where id = $1", other["session_id"]) == "signed_out_elsewhere"


async def test_one_is_begun_confirmed_and_removed_in_this_order(service, sign_up, sign_in, post, telephone, query):
    await sign_up("eve@example.com")
    eve = (await sign_in("eve@example.com"))["headers"]
    assert (await post({"code": "000000"}, f"{MINE}/confirmations", **eve)).json()["type"] == "no-second-factor"
    assert (await post({}, f"{MINE}/recovery-codes", **eve)).json()["type"] == "no-second-factor"
    assert not (await service.client.get(MINE, headers=eve)).json()["active"]
    ada = {"Authorization": f"Bearer {(await post({**WISH, 'code': telephone.code()})).json()['access_token']}"}
    assert (await post({}, MINE, **ada)).json()["type"] == "second-factor-exists"
    again = await post({"code": telephone.code()}, f"{MINE}/confirmations", **ada)
    assert again.json()["type"] == "second-factor-exists"
    for _ in range(2):
        assert (await service.client.delete(MINE, headers=ada)).status_code == 204
    assert await query("select count(*) from audit_lines where action = 'second_factor.removed'") == 1
    assert (await post(WISH)).status_code == 201


async def test_the_address_is_told_of_what_happens_to_it(service, sign_up, sign_in, post, telephone, mailbox):
    ada = {"Authorization": f"Bearer {(await post({**WISH, 'code': telephone.code()})).json()['access_token']}"}
    assert (await mailed(mailbox, WISH["email"], 2))["Subject"] == "Signing in needs a code now"
    assert (await post({}, f"{MINE}/recovery-codes", **ada)).status_code == 201
    assert (await mailed(mailbox, WISH["email"], 3))["Subject"] == "You have new recovery codes"
    for _ in range(2):
        assert (await service.client.delete(MINE, headers=ada)).status_code == 204
    assert (await mailed(mailbox, WISH["email"], 4))["Subject"] == "Signing in needs no code any more"
    boss = await sign_up("boss@example.com")
    async with service.ctx.db.write() as tx:
        await tx.execute("update accounts set roles = '{admin,customer}' where id = $1", boss["id"])
        await tx.execute(
            "insert into second_factors (account_id, secret) values ($1, $2)", telephone.account_id, bytes(48)
        )
        await tx.execute("update accounts set language = 'de' where id = $1", telephone.account_id)
    headers = (await sign_in("boss@example.com"))["headers"]
    path = f"/api/v1/admin/accounts/{telephone.account_id}/second-factor"
    assert (await service.client.delete(path, headers=headers)).status_code == 204
    assert (await mailed(mailbox, WISH["email"], 5))["Subject"] == "Die Anmeldung braucht keinen Code mehr"


async def test_a_step_up_asks_for_a_code_too(post, telephone):
    path = "/api/v1/sessions/step-up"
    token = (await post({**WISH, "code": telephone.code()})).json()["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    asked = await post({"password": PASSWORD}, path, **bearer)
    assert asked.json()["type"] == "second-factor-required"
    assert (await post({"password": PASSWORD, "code": telephone.wrong()}, path, **bearer)).json()[
        "type"
    ] == "wrong-code"
    assert (await post({"password": PASSWORD, "code": telephone.code()}, path, **bearer)).status_code == 200


async def test_where_the_store_asks_it_of_staff_they_have_no_right_without_one(
    service, sign_up, sign_in, post, refresh, monkeypatch
):
    asked = service.ctx.settings.model_copy(update={"staff_second_factor": True})
    monkeypatch.setattr(service.ctx, "settings", asked)
    account = await sign_up()
    async with service.ctx.db.write() as tx:
        await tx.execute("update accounts set roles = '{admin,customer}' where id = $1", account["id"])
    session = await sign_in()
    assert session["lacks_second_factor"]
    listed = await service.client.get("/api/v1/admin/accounts", headers=session["headers"])
    assert listed.status_code == 403
    secret = (await post({}, MINE, **session["headers"])).json()["secret"]
    code = Telephone(secret).code()
    assert (await post({"code": code}, f"{MINE}/confirmations", **session["headers"])).status_code == 201
    answer, _ = await refresh(session["refresh_token"])
    assert not answer.json()["lacks_second_factor"]
    token = answer.json()["access_token"]
    assert "accounts:read" in jwt.decode(token, options={"verify_signature": False})["scope"]
    found = await service.client.get("/api/v1/admin/accounts", headers={"Authorization": f"Bearer {token}"})
    assert found.status_code == 200
