"""B4: what is sent to other programs again, and to whom; and what an API key may when its maker may less."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections import Counter
from contextlib import suppress
from typing import Any

from proofs.attack.listening import OUTSIDE, PORT, Receiver, receiving
from proofs.attack.people import account_of, anonymous, boss_of
from proofs.shop_day.receiver import signed_by
from proofs.shopper import Answer, Shopper
from proofs.store import ProofStore
from proofs.waiting import eventually

TITLE = "Sent again: to who was told, signed, and an older try ends no new one; keys have no more than their maker"
HOOKS, KEYS = "/api/v1/admin/webhooks", "/api/v1/admin/api-keys"
AGAIN, MADE = 24, 12
# Seconds until all services know that a right is gone: the feed of identity, and what they keep of a key.
NARROWED = 10.0
# What a key may, and what asks for it.
USES = {
    "catalog:read": "/api/v1/admin/products?limit=1",
    "webhooks:write": HOOKS,
    "orders:read": "/api/v1/admin/orders?limit=1",
}
_MORE = """
select count(*) from api_keys where made_by = $1::uuid and ended_at is null and scopes && array['webhooks:write']
"""


async def prove(store: ProofStore) -> list[str]:
    """Run the attacks; returns those that succeeded."""
    async with boss_of(store) as boss, receiving() as receiver:
        wrong = await _elsewhere(boss, receiver)
        wrong += await _many(boss, receiver)
        wrong += await _late(boss, receiver)
        wrong += await _narrowed(store, boss)
        return wrong + await _made_meanwhile(store, boss)


async def _post(boss: Shopper, path: str, body: Any = None) -> Answer:
    return await boss.call("POST", path, json=body, **{"Idempotency-Key": uuid.uuid4().hex})


async def _hook(boss: Shopper, path: str, kind: str) -> str:
    wish = {"url": f"http://{OUTSIDE}:{PORT}{path}", "title": "Attack", "types": [kind]}
    made = await _post(boss, HOOKS, wish)
    assert made.status == 201, made
    return str(made.body["id"])


async def _line(boss: Shopper, hook: str) -> dict[str, Any]:
    found = (await boss.call("GET", f"{HOOKS}/{hook}/deliveries")).body["items"]
    return dict(found[0]) if found else {}


async def _tested(boss: Shopper, hook: str) -> str:
    """The message of a test that was taken."""
    sent = await _post(boss, f"{HOOKS}/{hook}/tests")
    assert sent.status == 202, sent

    async def taken() -> bool:
        return (await _line(boss, hook)).get("state") == "delivered"

    await eventually(taken, 30, "a test that is taken")
    return str(sent.body["message_id"])


async def _elsewhere(boss: Shopper, receiver: Receiver) -> list[str]:
    """A message of one endpoint to another, which did not ask for it; to one that is off; to one that is gone."""
    one, other = await _hook(boss, "/one", "order.paid"), await _hook(boss, "/other", "order.refunded")
    message = await _tested(boss, one)
    told = await _post(boss, f"{HOOKS}/{other}/deliveries/{message}/redeliver")
    wrong = [] if told.status == 404 else [f"a message of another endpoint is sent again: {told}"]
    off = {"url": f"http://{OUTSIDE}:{PORT}/one", "title": "Off", "types": ["order.paid"], "status": "off"}
    assert (await boss.call("PUT", f"{HOOKS}/{one}", json={**off, "version": 1})).status == 200
    before = receiver.count("/one")
    await _post(boss, f"{HOOKS}/{one}/deliveries/{message}/redeliver")
    # What is sent to the other one meanwhile shows that the sender looked.
    await _tested(boss, other)
    if receiver.count("/one") > before:
        wrong.append("a message is sent to an endpoint that is off")
    assert (await boss.call("DELETE", f"{HOOKS}/{one}")).status == 204
    gone = await _post(boss, f"{HOOKS}/{one}/deliveries/{message}/redeliver")
    assert (await boss.call("DELETE", f"{HOOKS}/{other}")).status == 204
    wrong += [] if gone.status == 404 else [f"a message of an endpoint that is gone: {gone}"]
    bodies = [body for path, _, body in receiver.got if path == "/other"]
    return wrong + (["another endpoint was told"] if len(bodies) != 1 else [])


async def _many(boss: Shopper, receiver: Receiver) -> list[str]:
    """Asked for many times at once: no more than asked for, each under one id and signed."""
    hook = await _hook(boss, "/many", "order.paid")
    secret = (await boss.call("GET", f"{HOOKS}/{hook}/secret")).body["secret"]
    message = await _tested(boss, hook)
    path = f"{HOOKS}/{hook}/deliveries/{message}/redeliver"
    told = Counter(each.status for each in await asyncio.gather(*(_post(boss, path) for _ in range(AGAIN))))

    async def quiet() -> bool:
        return bool((await _line(boss, hook))["state"] == "delivered")

    await eventually(quiet, 30, "the end of what was asked for")
    got = [(headers, body) for path, headers, body in receiver.got if path == "/many"]
    ids = {headers["webhook-id"] for headers, _ in got}
    print(f"  asked for {AGAIN} times at once: {dict(told)}, sent {len(got)} times", flush=True)
    signed = all(signed_by([secret], headers, body) for headers, body in got)
    assert (await boss.call("DELETE", f"{HOOKS}/{hook}")).status == 204
    right = set(told) == {202} and 2 <= len(got) <= AGAIN + 1 and len(ids) == 1 and signed
    return [] if right else [f"a message asked for {AGAIN} times: {told}, {len(got)} sent, {ids}, signed: {signed}"]


async def _late(boss: Shopper, receiver: Receiver) -> list[str]:
    """The receiver answers the first try when the second has begun, which it refuses: that is how it stands."""
    hook = await _hook(boss, "/slow", "order.paid")
    sent = await _post(boss, f"{HOOKS}/{hook}/tests")
    await eventually(lambda: receiver.count("/slow") == 1, 30, "the first try")
    again = await _post(boss, f"{HOOKS}/{hook}/deliveries/{sent.body['message_id']}/redeliver")
    assert again.status == 202, again
    # Another replica begins the second at once; where there is none, it begins when the first has ended.
    with suppress(TimeoutError):
        await eventually(lambda: receiver.count("/slow") == 2, 5, "the second try")
    receiver.held.set()

    async def refused() -> bool:
        return receiver.count("/slow") >= 2 and (await _line(boss, hook))["last_status"] == 500

    async def taken() -> bool:
        return bool((await _line(boss, hook))["state"] == "delivered")

    try:
        await eventually(refused, 30, "the end of the second try")
        # The end of the first one may come after it.
        with suppress(TimeoutError):
            await eventually(taken, 4, "a message that is taken")
        line = await _line(boss, hook)
    except TimeoutError as never:
        return [f"what staff asked for does not end as it was answered: {never}, {await _line(boss, hook)}"]
    finally:
        assert (await boss.call("DELETE", f"{HOOKS}/{hook}")).status == 204
    print(f"  an answer to the try before: the message is {line['state']}, {line['last_status']}", flush=True)
    return [] if line["state"] == "waiting" else [f"an older try ends the one that staff asked for: {line}"]


async def _roles(boss: Shopper, account: str, *roles: str) -> None:
    path = f"/api/v1/admin/accounts/{account}/roles"
    answer = await boss.call("PUT", path, json={"roles": [*roles, "customer"]})
    assert answer.status == 200, answer


async def _may(key: Shopper, right: dict[str, int]) -> tuple[float, dict[str, int]]:
    """The seconds until a key is answered so, and how it is answered last."""
    began, told = time.monotonic(), dict[str, int]()
    while told != right and time.monotonic() - began < NARROWED:
        told = {scope: (await key.call("GET", path)).status for scope, path in USES.items()}
    return time.monotonic() - began, told


async def _narrowed(store: ProofStore, boss: Shopper) -> list[str]:
    """The maker is demoted, has the rights again, and is locked: the key never gets a right back, and ends."""
    async with boss_of(store) as maker:
        account = await account_of(boss, maker.email)
        made = await maker.call("POST", KEYS, json={"title": "Attack", "scopes": list(USES)})
        assert made.status == 201, made
        steps = []
        async with anonymous(store, f"Bearer {made.body['key']}") as key:
            steps.append(("an administrator's", await _may(key, dict.fromkeys(USES, 200)), dict.fromkeys(USES, 200)))
            less = {"catalog:read": 200, "webhooks:write": 403, "orders:read": 403}
            await _roles(boss, account, "merchandiser")
            steps.append(("a demoted one's", await _may(key, less), less))
            await _roles(boss, account, "admin")
            maker.headers.pop("Authorization")
            await maker.sign_in("correct horse battery staple")
            assert (await maker.call("GET", HOOKS)).status == 200
            # A key that is made now shows that the services know of the rights.
            new = await maker.call("POST", KEYS, json={"title": "Later", "scopes": ["webhooks:write"]})
            assert new.status == 201, new
            steps.append(("one's who has the rights again", await _may(key, less), less))
            for scopes in (["accounts:write"], ["keys:write"], ["shop:probe"]):
                more = await key.call("POST", KEYS, json={"title": "More", "scopes": scopes})
                assert more.status in {401, 403, 422}, more
            path = f"/api/v1/admin/accounts/{account}/status"
            assert (await boss.call("PUT", path, json={"status": "disabled"})).status < 300
            ended = dict.fromkeys(USES, 401)
            steps.append(("a locked one's", await _may(key, ended), ended))
        for whose, (seconds, told), _ in steps:
            print(f"  the key is {whose}: {told} after {seconds:.1f} s", flush=True)
    return [f"the key is {whose}: {told}, not {right}" for whose, (_, told), right in steps if told != right]


async def _made_meanwhile(store: ProofStore, boss: Shopper) -> list[str]:
    """Keys that are made while their maker loses the right: none has it in the end."""
    async with boss_of(store) as maker:
        account = await account_of(boss, maker.email)
        wish = {"title": "Meanwhile", "scopes": ["catalog:read", "webhooks:write"]}

        async def make(number: int) -> int:
            await asyncio.sleep(number * 0.03)
            return (await maker.call("POST", KEYS, json=wish)).status

        told = await asyncio.gather(*map(make, range(MADE)), _roles(boss, account, "merchandiser"))

    async def none() -> bool:
        return not await store.value("shop", _MORE, account)

    print(f"  {MADE} keys made while the right goes: {dict(Counter(told[:-1]))}", flush=True)
    with suppress(TimeoutError):
        await eventually(none, NARROWED, "keys without the right")
    left = await store.value("shop", _MORE, account)
    return [f"{left} keys have a right that their maker lost"] if left else []
