"""What is sent, how often, and what becomes of endpoints that do not take it."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from uuid import uuid4

from chassis.resilience import failpoints
from chassis.testing import eventually
from chassis.values import uuid7
from shop.tests.receiver import Received
from shop.tests.webhooks.desk import Desk, paid
from shop.webhooks import Sender, sweep_messages
from shop.webhooks.domain.retries import MOST_TRIES


def signed_by(got: Received, secret: str) -> bool:
    """As a receiver checks it."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = f"{got.headers['webhook-id']}.{got.headers['webhook-timestamp']}.{got.body}".encode()
    wanted = "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    return wanted in got.headers["webhook-signature"].split(" ")


async def test_an_event_is_sent_once_signed_to_who_wants_it(desk: Desk) -> None:
    await desk.happened(paid())
    assert await desk.do("select count(*) from webhook_messages") == 0
    hook, other = await desk.made(), await desk.made("/other", types=["order.refunded"])
    event = paid()
    await asyncio.gather(*(desk.happened(event) for _ in range(3)))
    done = await desk.ended(hook, "delivered")
    assert (done["last_status"], done["type"], await desk.log(other)) == (204, "order.paid", [])
    assert len(desk.receiver.got) == 1
    got = desk.receiver.got[0]
    assert json.loads(got.body)["data"]["number"] == "M-7K2Q9D"
    assert json.loads(got.body)["type"] == "order.paid"
    first = await desk.secrets(hook)
    assert first["old_secret"] is None
    assert signed_by(got, first["secret"])
    assert not signed_by(got, (await desk.secrets(other))["secret"])
    assert (await desk.ask("POST", f"/{hook}/secret", {"version": 9})).json()["type"] == "endpoint-changed"
    rolled = (await desk.ask("POST", f"/{hook}/secret", {"version": 1})).json()
    assert rolled["old_secret"] == first["secret"]
    await desk.happened(paid())
    await desk.received(2)
    assert all(signed_by(desk.receiver.got[1], each) for each in rolled.values())
    await desk.do("update webhook_endpoints set old_secret_until = now()")
    assert (await desk.secrets(hook)) == {"secret": rolled["secret"], "old_secret": None}


async def test_what_is_not_taken_is_sent_again_later_and_given_up_after_a_day(desk: Desk) -> None:
    hook = await desk.made()
    desk.receiver.status = 500
    await desk.happened(paid())
    waiting = await desk.ended(hook, "waiting")
    assert waiting["last_status"] == 500
    assert 4 <= await desk.do("select extract(epoch from due_at - last_try_at) from webhook_deliveries") <= 6
    assert (await desk.ask("GET", f"/{hook}")).json()["failing_since"] is not None
    await desk.do("update webhook_deliveries set tries = $1", MOST_TRIES - 1)
    await desk.hurry()
    await desk.ended(hook, "failed", MOST_TRIES)
    assert [each["state"] for each in await desk.log(hook, state="failed")] == ["failed"]
    assert await desk.log(hook, state="waiting") == []
    desk.receiver.status = 200
    message = waiting["message_id"]
    answers = [await desk.ask("POST", f"/{hook}/deliveries/{message}/redeliver") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    # Those of before do not count any more.
    assert (await desk.ended(hook, "delivered"))["tries"] == 1
    assert len({got.headers["webhook-id"] for got in desk.receiver.got}) == 1
    assert (await desk.ask("GET", f"/{hook}")).json()["failing_since"] is None
    assert (await desk.ask("POST", f"/{hook}/deliveries/{uuid7()}/redeliver")).status_code == 404


async def test_an_endpoint_that_is_gone_or_fails_for_three_days_is_switched_off(desk: Desk) -> None:
    hook, gone = await desk.made(), await desk.made("/gone", types=["order.fulfilled"])
    desk.receiver.status = 503
    await desk.happened(paid())
    await desk.ended(hook, "waiting")
    await desk.do("update webhook_endpoints set failing_since = now() - interval '73 hours' where id = $1::uuid", hook)
    await desk.hurry()
    assert await desk.is_off(hook) == "failing"
    desk.receiver.status = 410
    await desk.happened(paid(kind="order.fulfilled"))
    assert await desk.is_off(gone) == "gone"
    await desk.happened(paid())
    assert len(await desk.log(hook)) == 1
    desk.receiver.status = 200
    change = {"url": desk.receiver.url(), "title": "ERP", "types": ["order.paid"], "status": "on"}
    again = await desk.ask("PUT", f"/{hook}", change | {"version": 2})
    assert (again.status_code, again.json()["off_reason"], again.json()["failing_since"]) == (200, None, None)
    await desk.hurry()
    await desk.ended(hook, "delivered", 3)
    told = await desk.do("select count(*) from audit_lines where action = 'webhook.switched_off'")
    assert told == 2


async def test_a_message_whose_sender_died_is_sent_again_under_the_same_id(desk: Desk) -> None:
    hook = await desk.made()
    failpoints.configure("webhooks.sent=raise*1")
    try:
        await desk.happened(paid())
        await desk.received(1)
        assert (await desk.log(hook))[0]["state"] == "waiting"
    finally:
        failpoints.configure("")
    await desk.hurry()
    await desk.ended(hook, "delivered", 2)
    assert len({got.headers["webhook-id"] for got in desk.receiver.got}) == 1


async def test_of_many_senders_one_sends_a_message(desk: Desk) -> None:
    await desk.made()
    senders = [Sender(desk.shop.ctx, desk.shop.ctx.get(Sender)._client, b"k") for _ in range(4)]
    hook = await desk.do("select id from webhook_endpoints")
    for _ in range(6):
        await desk.happened(paid())
    await asyncio.gather(*(sender.drain(hook) for sender in senders))
    await desk.ended(str(hook), "delivered")
    await desk.received(6)
    assert len(desk.receiver.got) == len({got.headers["webhook-id"] for got in desk.receiver.got}) == 6


async def test_a_slow_endpoint_holds_up_no_other(desk: Desk) -> None:
    """Though both are at one host, as those of a service that many programs use."""
    slow = [await desk.made("/hangs") for _ in range(6)]
    quick = await desk.made(types=["order.fulfilled"])
    await desk.happened(paid())
    await desk.received(len(slow))
    await desk.happened(paid(kind="order.fulfilled"))
    await desk.ended(quick, "delivered")
    assert {each["state"] for hook in slow for each in await desk.log(hook)} == {"waiting"}
    desk.receiver.ended.set()


async def test_a_test_is_sent_once_for_each_key_and_old_messages_go(desk: Desk) -> None:
    hook, key = await desk.made(), str(uuid4())
    answers = [await desk.ask("POST", f"/{hook}/tests", key=key) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    done = await desk.ended(hook, "delivered")
    assert (done["type"], done["body"]["data"]) == ("webhook.test", {"endpoint_id": hook})
    assert (await desk.ask("POST", f"/{uuid7()}/tests")).status_code == 404
    await desk.happened(paid())

    async def both() -> bool:
        return [each["state"] for each in await desk.log(hook)] == ["delivered"] * 2

    await eventually(both, what="both")
    first = (
        await desk.shop.client.get(f"/api/v1/admin/webhooks/{hook}/deliveries?limit=1", headers=desk.headers)
    ).json()
    query = f"limit=1&cursor={first['next_cursor']}"
    rest = (
        await desk.shop.client.get(f"/api/v1/admin/webhooks/{hook}/deliveries?{query}", headers=desk.headers)
    ).json()
    assert (rest["items"][0]["message_id"], rest["next_cursor"]) == (done["message_id"], None)
    await desk.do("update webhook_messages set created_at = now() - interval '31 days'")
    await sweep_messages(desk.shop.ctx)
    assert await desk.log(hook) == []
