"""SQL of the aggregate Payment."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from chassis import telemetry
from chassis.db import ReadTx, WriteTx
from payments.domain.attention import Attention
from payments.domain.intent import Intent
from payments.domain.payment import NO_CURRENCY, Payment, next_key

CLAIM_SECONDS = 15
"""Longer than a call to the provider may take."""
FIRST_CHECK_SECONDS = 5
FIRST_LOOK_SECONDS = 30
"""A payment that waits for its shopper, or for orders, is looked up later: a webhook says what happens to it."""
MISCONFIGURED_SECONDS = 20
"""Seconds until a creation that was refused for our key, account or parameters is repeated."""
LONGEST_PAUSE_SECONDS = 240
"""A payment whose webhooks are lost is settled within five minutes: this pause, the sweep, and the call itself."""

COLUMNS = """
    id, order_id, amount, currency, method, status, intent_id, client_secret, create_key, create_key_at, operation_key,
    decline_reference, decline_code, decline_message, cancel_reason, provider_state_known_at, next_check_at, checks,
    version, facts, created_at, updated_at, captured_at, details, attention, attention_detail,
    trace
"""
_INSERT = f"""
insert into payments (
    id, order_id, amount, currency, details, trace, address, status, create_key, claimed_until, next_check_at
)
select $1::uuid, $2, $3, $4, $5, $6, $7::bytea, 'created', 'create-' || ($1::uuid)::text,
       now() + interval '{CLAIM_SECONDS} seconds', now() + interval '{CLAIM_SECONDS} seconds'
where $7::bytea is null or $8::bigint > (
    select count(*) from payment_declines where address = $7 and declined_at > now() - interval '1 hour'
)
on conflict (order_id) do nothing
returning {COLUMNS}
"""
_INSERT_TOMBSTONE = f"""
insert into payments (id, order_id, amount, currency, status, create_key, facts, cancel_reason, provider_state_known_at)
values ($1, $2, 0, '{NO_CURRENCY}', 'cancelled', 'none', 1, $3, now())
on conflict (order_id) do nothing
returning {COLUMNS}
"""
_ADOPT = f"""
insert into payments (id, order_id, amount, currency, status, intent_id, client_secret, create_key, next_check_at)
values ($1::uuid, $2, $3, $4, 'requires_payment', $5, $6, 'create-' || ($1::uuid)::text, now())
on conflict do nothing
returning {COLUMNS}
"""
_CLAIM = f"""
update payments set
    claimed_until = now() + interval '{CLAIM_SECONDS} seconds', version = version + 1, updated_at = now()
where id = $1 and intent_id is null and status in ('created', 'cancelling') and claimed_until < now()
returning {COLUMNS}
"""
_FIRST = (
    f"case when status in ('requires_payment', 'authorised') then {FIRST_LOOK_SECONDS} else {FIRST_CHECK_SECONDS} end"
)
_PAUSE = f"make_interval(secs => least(({_FIRST}) * power(2, least(checks, 10)), {LONGEST_PAUSE_SECONDS}))"
_UNKNOWN = f"""
update payments set
    create_key = case when intent_id is null then coalesce($3, create_key) else create_key end,
    create_key_at = case when intent_id is null and $3::text is not null then now() else create_key_at end,
    operation_key = case when intent_id is null then operation_key else coalesce($3, operation_key) end,
    claimed_until = '-infinity', provider_state_known_at = null, version = version + 1, updated_at = now(),
    next_check_at = now() + case
        when $5 then interval '1 second' when $4 then {_PAUSE} else make_interval(secs => {FIRST_CHECK_SECONDS}) end,
    checks = case when $4 then checks else 0 end
where id = $1 and version = $2
"""
_POSTPONE_CREATION = f"""
update payments set claimed_until = now() + make_interval(secs => {MISCONFIGURED_SECONDS}),
    next_check_at = now() + {_PAUSE} + make_interval(secs => {MISCONFIGURED_SECONDS}),
    create_key = case when $2 then $3 else create_key end,
    create_key_at = case when $2 then now() else create_key_at end,
    version = version + 1, updated_at = now()
where id = $1 and intent_id is null and status in ('created', 'cancelling')
"""
_SET_ATTENTION = """
update payments set
    attention = $2, attention_detail = $3, attention_at = now(), version = version + 1, updated_at = now()
where id = $1 and (attention, attention_detail) is distinct from ($2, $3)
"""
# Whether `take_due` would find any.
ANY_DUE = "exists (select from payments where next_check_at <= now())"
_BEGIN_CAPTURE = f"""
update payments set
    status = 'capturing', operation_key = 'capture-' || id, checks = 0, version = version + 1, updated_at = now(),
    next_check_at = now() + make_interval(secs => {FIRST_CHECK_SECONDS})
where order_id = $1 and status = 'authorised'
returning {COLUMNS}
"""
_TAKE_DUE = f"""
update payments set next_check_at = now() + {_PAUSE}, checks = checks + 1, version = version + 1, updated_at = now()
where id = any(array(
    select id from payments where next_check_at <= now() order by next_check_at limit $1 for update skip locked
))
returning {COLUMNS}
"""


class NewPayment(NamedTuple):
    """A payment by card to be inserted. `address`: a hash of the shopper's; with `declines` of it within an hour, or
    more, none is inserted.
    """

    order_id: UUID
    amount: int
    currency: str
    details: dict[str, Any]
    address: bytes | None
    declines: int


async def insert(tx: WriteTx, payment_id: UUID, new: NewPayment) -> Payment | None:
    """The new payment, its intent's creation claimed by the caller; None if the order has one, or the address had too
    many declines. What happens to it later goes on in the running trace.
    """
    trace = telemetry.current_trace().traceparent or None
    *columns, address, declines = new
    return await tx.row(Payment, _INSERT, payment_id, *columns, trace, address, declines)


async def insert_tombstone(tx: WriteTx, payment_id: UUID, order_id: UUID, reason: str) -> Payment | None:
    """Insert a tombstone, so that this order never gets a payment; None if it has one."""
    return await tx.row(Payment, _INSERT_TOMBSTONE, payment_id, order_id, reason)


async def adopt(tx: WriteTx, payment_id: UUID, order_id: UUID, intent: Intent) -> Payment | None:
    """The payment of an intent that is not known here, as if it waited for its shopper: the intent is to be merged.
    None if its order has another payment.
    """
    return await tx.row(
        Payment, _ADOPT, payment_id, order_id, intent.amount, intent.currency, intent.id, intent.client_secret
    )


async def count_fact(tx: WriteTx, payment_id: UUID) -> tuple[UUID, int]:
    """The payment's order, and the number of the event about the payment that `tx` is to publish."""
    sql = "update payments set facts = facts + 1, version = version + 1 where id = $1 returning order_id, facts"
    counted = await tx.row(_counted, sql, payment_id)
    assert counted is not None, "payments are never deleted"  # noqa: S101 -- narrows the type
    return counted


def _counted(order_id: UUID, facts: int) -> tuple[UUID, int]:
    return order_id, facts


async def made_since(tx: ReadTx, moment: datetime) -> list[UUID]:
    """The payments that were made here since then, the oldest first, but for tombstones."""
    sql = "select coalesce(array_agg(id order by created_at), '{}') from payments where created_at >= $1 and amount > 0"
    found: list[UUID] = await tx.value(sql, moment)
    return found


async def newest(tx: ReadTx) -> datetime | None:
    """When the newest payment was made; None where there is none."""
    found: datetime | None = await tx.value("select max(created_at) from payments")
    return found


async def check_all_now(tx: WriteTx) -> int:
    """Have every payment that is not settled looked up at the provider; how many."""
    sql = "update payments set next_check_at = now(), version = version + 1 where next_check_at is not null"
    return await tx.execute(sql)


async def of_order(tx: ReadTx, order_id: UUID) -> Payment | None:
    """The payment of an order."""
    return await tx.row(Payment, f"select {COLUMNS} from payments where order_id = $1", order_id)


async def by_id(tx: ReadTx, payment_id: UUID) -> Payment | None:
    """The payment with this id."""
    return await tx.row(Payment, f"select {COLUMNS} from payments where id = $1", payment_id)


async def locked_of_order(tx: WriteTx, order_id: UUID) -> Payment | None:
    """The payment of an order, its row locked until the end of `tx`."""
    sql = f"select {COLUMNS} from payments where order_id = $1 for no key update"
    return await tx.row(Payment, sql, order_id)


async def locked(tx: WriteTx, payment_id: UUID) -> Payment:
    """A payment that is known to exist, its row locked until the end of `tx`."""
    payment = await tx.row(Payment, f"select {COLUMNS} from payments where id = $1 for no key update", payment_id)
    assert payment is not None, "payments are never deleted"  # noqa: S101 -- narrows the type
    return payment


async def claim_creation(tx: WriteTx, payment_id: UUID) -> Payment | None:
    """Claim the creation of the intent; None while it is claimed by another, or if there is an intent."""
    return await tx.row(Payment, _CLAIM, payment_id)


async def begin_capture(tx: WriteTx, order_id: UUID) -> Payment | None:
    """As the domain's `begin_capture` of an authorised payment, without reading it first; None if it has another status
    or does not exist.
    """
    return await tx.row(Payment, _BEGIN_CAPTURE, order_id)


async def note_unknown(tx: WriteTx, payment: Payment, *, key_spent: bool, sent: bool, busy: bool) -> None:
    """Store that a call to the provider has an unknown outcome, and when the reconciler looks the payment up.

    A call that was not `sent` has cost the provider nothing: the next comes soon; at once where it was only `busy`.
    Nothing happens if the payment has changed since.
    """
    key = payment.operation_key if payment.intent_id else payment.create_key
    fresh = next_key(key) if key_spent and key else None
    await tx.execute(_UNKNOWN, payment.id, payment.version, fresh, sent, busy)


async def postpone_creation(tx: WriteTx, payment: Payment, *, key_spent: bool) -> None:
    """Postpone the next creation, after the provider refused our key, account or parameters."""
    await tx.execute(_POSTPONE_CREATION, payment.id, key_spent, next_key(payment.create_key))


async def set_attention(tx: WriteTx, payment_id: UUID, attention: Attention, detail: str) -> bool:
    """Store why a person has to look at a payment; False if that is stored already."""
    return await tx.execute(_SET_ATTENTION, payment_id, attention, detail) > 0


async def of_intent(tx: ReadTx, intent_id: str) -> Payment | None:
    """The payment with this intent of the provider."""
    return await tx.row(Payment, f"select {COLUMNS} from payments where intent_id = $1", intent_id)


async def take_due(tx: WriteTx, limit: int) -> list[Payment]:
    """Payments whose check is due, with their next check moved on: no other replica gets them meanwhile."""
    return await tx.rows(Payment, _TAKE_DUE, limit)
