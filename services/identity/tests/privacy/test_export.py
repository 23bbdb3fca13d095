"""A person downloads a copy of all that the store keeps of them, from every service."""

from __future__ import annotations

import asyncio

import pytest

from chassis.jobs import Hopeless
from chassis.testing import eventually
from identity.privacy.jobs import forget_old
from identity.privacy.store import exports, person
from identity.privacy.usecases import collect_export as collecting
from identity.privacy.usecases.download_export import file_of as file_parts
from identity.tests.privacy.erasing import ME

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def ask(people, who):
    return await people.post("accounts/me/exports", who.headers)


async def ready(people, who):
    """The newest export of theirs, once it is ready."""

    async def newest():
        (first, *_) = (await people.service.client.get(f"{ME}/exports", headers=who.headers)).json()["items"]
        return first if first["ready_at"] else None

    return await eventually(newest, what="the export")


async def file_of(people, who, export_id, form="json"):
    path = f"{ME}/exports/{export_id}/file?form={form}"
    return await people.service.client.get(path, headers=who.headers)


async def test_the_file_has_the_rows_of_every_service_and_no_secret(people, others):
    ada = await people.join()
    await people.execute("update accounts set name = '<b>Ada</b>' where id = $1", ada.id)
    address = {"name": "Ada Lovelace", "line1": "12 St James's Square", "country": "GB"}
    headers = {**ada.headers, "Idempotency-Key": "one-two-three-four-five"}
    assert (await people.service.client.post(f"{ME}/addresses", json=address, headers=headers)).status_code == 201
    orders = [{"id": str(number), "note": 'leave it, at the "door"'} for number in range(1_500)]
    others.pages["orders", str(ada.id)] = [{"orders": orders}, {"order_lines": []}, {"orders": [{"id": "last"}]}]
    asked = await ask(people, ada)
    assert (asked.status_code, asked.json()["expires_at"]) == (202, None)
    made = await ready(people, ada)
    assert made["id"] == asked.json()["id"]
    assert made["expires_at"] > made["ready_at"]
    assert (await people.mail(ada.email))["Subject"] == "Your data can be downloaded"
    answer = await file_of(people, ada, made["id"])
    assert answer.headers["content-disposition"] == 'attachment; filename="my-data.json"'
    assert answer.headers["cache-control"] == "no-store"
    found = answer.json()["services"]
    assert found["orders"] == {"orders": [*orders, {"id": "last"}]}
    assert "payments" not in found
    assert found["identity"]["accounts"][0]["email"] == ada.email
    assert found["identity"]["account_addresses"][0]["line1"] == address["line1"]
    assert {each["action"] for each in found["identity"]["audit_lines"]} >= {"session.started", "account.export_asked"}
    assert found["identity"]["sessions"][0]["ended_at"] is None
    for secret in ("argon2id", "password_hash", "current_hash"):
        assert secret not in answer.text
    page = await file_of(people, ada, made["id"], "html")
    assert "&lt;b&gt;Ada&lt;/b&gt;" in page.text
    assert "<b>Ada" not in page.text
    assert page.text.count("<h2>orders: orders</h2>") == 1
    assert page.text.endswith("<p>This is the end of the file.</p></html>\n")
    assert await people.lines(ada, "account.export_read") == ["success", "success"]


async def test_only_its_owner_has_it_who_proved_to_be_them_and_for_seven_days(people, others):
    ada, eve = await people.join(), await people.join()
    others.broken.add("payments")
    asked = await ask(people, ada)
    waiting = await file_of(people, ada, asked.json()["id"])
    assert (waiting.status_code, waiting.json()["type"]) == (409, "export-not-ready")
    again = await asyncio.gather(*(ask(people, ada) for _ in range(2)))
    assert {each.json()["id"] for each in again} == {asked.json()["id"]}
    assert (await ask(people, ada)).status_code == 429
    others.broken.clear()
    made = await ready(people, ada)
    assert (await file_of(people, eve, made["id"])).json()["type"] == "export-not-found"
    assert (await people.service.client.get(f"{ME}/exports", headers=eve.headers)).json() == {"items": []}
    old = await proved_long_ago(people, eve)
    path = f"{ME}/exports/{made['id']}/file"
    for refused in (
        await people.service.client.get(path, headers=old),
        await people.post("accounts/me/exports", old),
        await people.post("accounts/me/erasure", old),
    ):
        assert (refused.status_code, refused.json()["type"]) == (401, "step-up-required")
    assert (await file_of(people, ada, made["id"], "pdf")).status_code == 422
    await people.execute(
        "update account_exports set asked_at = asked_at - interval '8 d', ready_at = ready_at - interval '7 d'"
    )
    assert (await file_of(people, ada, made["id"])).status_code == 404
    assert (await people.service.client.get(f"{ME}/exports", headers=ada.headers)).json() == {"items": []}
    await forget_old(people.service.ctx)
    assert await people.query("select count(*) from account_exports where account_id = $1", ada.id) == 0
    assert await people.query("select count(*) from account_export_parts where export_id = $1", made["id"]) == 0


async def test_a_file_whose_export_is_deleted_meanwhile_has_no_last_line(people):
    ada = await people.join(signed_in=False)
    made = await people_insert(people, ada)
    await collecting.collect_export(people.service.ctx, made)
    async with people.service.ctx.db.read() as tx:
        found = await exports.of_owner(tx, made, ada.id)
    assert found
    parts = file_parts(people.service.ctx, found, "html")
    text = await anext(parts) + await anext(parts)
    await people.execute("delete from account_exports where id = $1", made)
    text += b"".join([part async for part in parts])
    assert b"identity: account_exports" in text
    assert b"end of the file" not in text


async def proved_long_ago(people, who):
    """The headers of a session of theirs whose person was proved an hour ago."""
    began = await people.sign_in(who.email)
    token = began.headers["set-cookie"].partition("__Host-refresh=")[2].partition(";")[0]
    sql = "update sessions set proved_at = now() - interval '1 hour' where id = $1"
    await people.execute(sql, began.json()["session_id"])
    sent = {"X-Mercat": "refresh", "Cookie": f"__Host-refresh={token}"}
    answer = await people.service.client.post("/api/v1/sessions/refresh", headers=sent)
    people.service.client.cookies.clear()
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


async def test_a_try_that_was_overtaken_writes_nothing_more(people, monkeypatch):
    ada = await people.join(signed_in=False)
    made = await people_insert(people, ada)
    async with people.service.ctx.db.write() as tx:
        first = await exports.begin(tx, made)
    async with people.service.ctx.db.write() as tx:
        second = await exports.begin(tx, made)
        place = exports.Place("orders", "orders", 1)
        assert first
        assert second
        assert await exports.insert_part(tx, second, place, 1, b"x")
        assert not await exports.insert_part(tx, first, exports.Place("orders", "orders", 2), 1, b"x")
        assert not await exports.finish(tx, first)
        assert await exports.finish(tx, second)
        assert not await exports.finish(tx, second)
    assert await people.query("select count(*) from account_export_parts where export_id = $1", made) == 1
    # One that is ready is not collected again.
    await collecting.collect_export(people.service.ctx, made)
    assert await people.query("select attempt from account_exports where id = $1", made) == 2


async def people_insert(people, who):
    async with people.service.ctx.db.write() as tx:
        return await exports.insert(tx, who.id)


async def test_more_rows_than_a_part_holds_are_all_there(people, monkeypatch):
    ada = await people.join(signed_in=False)
    await people.execute(
        "insert into audit_lines (action, outcome, object) select 'thing.' || n, 'success', $1"
        " from generate_series(1, 5) n", f"account:{ada.id}",
    )  # fmt: skip
    monkeypatch.setattr(person, "AT_ONCE", 2)
    made = await people_insert(people, ada)
    await collecting.collect_export(people.service.ctx, made)
    sql = "select sum(rows_inside) from account_export_parts where export_id = $1 and about = 'audit_lines'"
    assert await people.query(sql, made) == 5
    sql = "select count(*) from account_export_parts where export_id = $1 and about = 'audit_lines'"
    assert await people.query(sql, made) == 3


async def test_a_service_without_an_end_is_given_up(people, others, monkeypatch):
    ada = await people.join(signed_in=False)
    made = await people_insert(people, ada)
    monkeypatch.setattr(collecting, "MOST_PAGES", 2)
    others.pages["payments", str(ada.id)] = [{"t": []}] * 3
    with pytest.raises(Hopeless):
        await collecting.collect_export(people.service.ctx, made)
    others.pages["payments", str(ada.id)] = [{"t": []}] * 2
    await collecting.collect_export(people.service.ctx, made)
    assert await people.query("select ready_at is not null from account_exports where id = $1", made)


@pytest.mark.parametrize("rows", [[], [{"id": 1}]])
async def test_an_account_that_goes_meanwhile_takes_its_export_along(people, others, rows):
    ada = await people.join(signed_in=False)
    made = await people_insert(people, ada)
    others.pages["payments", str(ada.id)] = [{"t": rows}]

    async def leave() -> None:
        await people.execute("delete from accounts where id = $1", ada.id)

    others.meanwhile = leave
    try:
        await collecting.collect_export(people.service.ctx, made)
    finally:
        others.meanwhile = None
    assert await people.query("select count(*) from account_exports where id = $1", made) == 0
