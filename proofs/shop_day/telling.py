"""Other programs are told of the day by webhooks: each thing at least once, signed, without a word about persons."""

from __future__ import annotations

import time
from collections import defaultdict
from functools import partial
from typing import Any

from proofs.shop_day.receiver import Message, Receiver, url
from proofs.shop_day.shop import Shop

_HOOKS = "/api/v1/admin/webhooks"
_TYPES = (
    *("order.placed", "order.paid", "order.cancelled", "order.refunded", "order.refund_failed", "order.parcel_sent"),
    *("order.pieces_cancelled", "order.fulfilled", "order.returned", "payment.captured", "payment.disputed"),
)
# Seconds after a change of the secret until every message has to be signed by the new one.
_CHANGED = 10
# Of the addresses that orders are sent to.
_PERSONS = ("Ada Nr.", "Lovelace", "@shop-day.example", "Torstr.", "Ringstr.", "Rivoli", "Bahnhofstr.")


async def subscribe(shop: Shop) -> None:
    """Three programs: one that fails and recovers, one that is no more, and one that never answers."""
    for path in ("erp", "gone", "silent"):
        wish = {"url": url(path), "title": path, "types": list(_TYPES if path == "erp" else ["order.placed"])}
        shop.hooks[path] = (await shop.boss.ask("POST", _HOOKS, wish))["id"]
    shown = await shop.boss.ask("GET", f"{_HOOKS}/{shop.hooks['erp']}/secret")
    shop.receiver.secrets[shown["secret"]] = 0


async def change_secret(shop: Shop) -> None:
    """In the middle of the day: from now on each message is signed by both, until a day later."""
    path = f"{_HOOKS}/{shop.hooks['erp']}"
    version = (await shop.boss.ask("GET", path))["version"]
    shown = await shop.boss.ask("POST", f"{path}/secret", {"version": version})
    assert [shown["old_secret"]] == [*shop.receiver.secrets], "the secret of before does not sign any more"
    # Who reads an endpoint before the change may sign some seconds later.
    shop.receiver.secrets[shown["secret"]] = time.time() + _CHANGED


async def all_told(shop: Shop) -> bool:
    """Whether nothing waits to be sent to the program that fails and recovers."""
    waiting = await shop.boss.ask("GET", f"{_HOOKS}/{shop.hooks['erp']}/deliveries?state=waiting&limit=1")
    return not waiting["items"]


async def telling_complaints(shop: Shop) -> list[str]:
    """What of the log, of the receiver and of the orders does not agree."""
    receiver, path = shop.receiver, f"{_HOOKS}/{shop.hooks['erp']}"
    log = await shop.all_pages(f"{path}/deliveries")
    delivered = {_name(line) for line in log if line["state"] == "delivered"}
    wrong = [f"message {line['message_id']} ({line['type']}) is {line['state']}" for line in log if line["due_at"]]
    if delivered != receiver.taken.keys():
        wrong.append(f"{len(delivered)} messages are told as delivered, {len(receiver.taken)} came")
    # Of what staff had sent again the tries are counted anew.
    tried = {_name(line): line["tries"] for line in log if _name(line) not in receiver.again}
    wrong += [
        f"{name} came {times} times, and was sent {tried.get(name)}"
        for name, times in receiver.tries.items()
        if name not in receiver.again and times != tried.get(name)
    ]
    wrong += [
        f"{name} tells of a person"
        for name, each in receiver.taken.items()
        if any(word in each.body for word in _PERSONS)
    ]
    wrong += [] if receiver.by_both else ["no message was signed by the secret of before and the new one"]
    wrong += receiver.complaints + _of_orders(shop, receiver)
    return wrong + await _others(shop)


def _name(line: dict[str, Any]) -> str:
    return f"msg_{line['message_id'].replace('-', '')}"


def _of_orders(shop: Shop, receiver: Receiver) -> list[str]:
    """Orders of which another number of messages came than what happened to them."""
    came: dict[tuple[str, str], list[Message]] = defaultdict(list)
    for message in receiver.taken.values():
        if message.type.startswith("order."):
            came[message.type, message.data["order_id"]].append(message)
    wrong = []
    for bought in shop.bought:
        failed = {each.data["refund_id"] for each in came["order.refund_failed", bought.id]}
        refunds = {each.data["refund_id"] for each in came["order.refunded", bought.id]}
        told = {
            "order.placed": (len(came["order.placed", bought.id]), 1),
            "order.paid": (len(came["order.paid", bought.id]), int(bought.wish.is_paid)),
            "order.cancelled": (len(came["order.cancelled", bought.id]), int(not bought.wish.is_paid)),
            "order.parcel_sent": (len(came["order.parcel_sent", bought.id]), bought.parcels),
            "order.refunded": (len(refunds - failed), bought.refunds),
        }
        wrong += [
            f"{bought.name}: {count} messages {kind}, not {expected}"
            for kind, (count, expected) in told.items()
            if count != expected
        ]
    return wrong


async def _others(shop: Shop) -> list[str]:
    """The program that is no more is switched off; the one that never answers holds up nothing, and is deleted."""
    gone = await shop.boss.ask("GET", f"{_HOOKS}/{shop.hooks['gone']}")
    wrong = [] if (gone["status"], gone["off_reason"]) == ("off", "gone") else [f"a program that is no more: {gone}"]
    silent = f"{_HOOKS}/{shop.hooks['silent']}"
    errors = {line["last_error"] for line in await shop.all_pages(f"{silent}/deliveries") if line["tries"]}
    # A try that has just begun has no end yet.
    if "No answer within 15 seconds" not in errors:
        wrong.append(f"a program that never answers: {errors}")
    return wrong


async def send_again(shop: Shop) -> None:
    """Staff send a message of the log again: it comes under the same id."""
    path = f"{_HOOKS}/{shop.hooks['erp']}"
    line = (await shop.boss.ask("GET", f"{path}/deliveries?state=delivered&limit=1"))["items"][0]
    before = shop.receiver.tries[_name(line)]
    shop.receiver.again.add(_name(line))
    await shop.boss.ask("POST", f"{path}/deliveries/{line['message_id']}/redeliver")
    again = partial(_came, shop, _name(line), before)
    await shop.until(again, f"{line['message_id']} to come again")
    await shop.until(partial(all_told, shop), "the answer to it")


async def _came(shop: Shop, name: str, before: int) -> bool:
    return shop.receiver.tries[name] > before


def told_amounts(shop: Shop) -> tuple[dict[str, int], dict[str, int]]:
    """By order what came in and what went back, as webhooks told it."""
    came, back = dict[str, int](), defaultdict[str, int](int)
    failed = {each["refund_id"] for each in _of_type(shop, "order.refund_failed")}
    for each in _of_type(shop, "order.paid"):
        came[each["order_id"]] = each["total"]
    for each in _of_type(shop, "order.refunded"):
        back[each["order_id"]] += 0 if each["refund_id"] in failed else each["amount"]
    return came, dict(back)


def _of_type(shop: Shop, kind: str) -> list[dict[str, Any]]:
    return [each.data for each in shop.receiver.taken.values() if each.type == kind]
