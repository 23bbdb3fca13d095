"""The erasure of a person from an order, and of what they have without one. Each statement changes nothing when it is
done again. What it does to which column: domain/columns.py.
"""

from __future__ import annotations

from uuid import UUID

from chassis.db import WriteTx

# Saved filters that find this person: before the order is erased, since its words tell which.
_VIEWS = """
with person as (
    select lower(o.email) as email, o.account_id, array(
        select word from unnest(search_words(concat_ws(
            ' ', o.email, o.shipping_address ->> 'name', o.billing_address ->> 'name'
        ))) as word where length(word) > 2
    ) as words
    from orders o where o.id = $1
), told as (
    select v.id, array_remove(array[
        case when starts_with(person.email, rtrim(lower(v.filters ->> 'email'), '*'))
            and length(v.filters ->> 'email') >= position('@' in person.email) then 'email' end,
        case when v.filters ->> 'account_id' = person.account_id::text then 'account_id' end,
        case when search_words(v.filters ->> 'text') && person.words then 'text' end
    ], null) as names
    from order_views v, person order by v.id for update of v
)
update order_views v set filters = v.filters - told.names, version = v.version + 1, updated_at = now()
from told where told.id = v.id and v.filters ?| told.names returning v.id
"""
_ANSWERS_OF = "delete from idempotency where operation_id = any($1::uuid[]) and status is not null"
_ORDER = """
update orders set account_id = null, token_hash = null, email = erased_email(),
    shipping_address = erased_address(shipping_address), billing_address = erased_address(billing_address),
    vat_id = null, locale = null, erased_at = statement_timestamp()
where id = $1 and erased_at is null
"""
_HISTORY = """
update order_events set data = erased_entry(data), actor = nullif(actor, $2)
where order_id = $1 and (data is distinct from erased_entry(data) or actor = $2)
"""
_ROWS = (
    "update order_notes set body = '(erased)' where order_id = $1 and body <> '(erased)'",
    """
    update parcels set tracking_number = null, tracking_url = null
    where order_id = $1 and num_nonnulls(tracking_number, tracking_url) > 0
    """,
    "update refunds set note = '(erased)' where order_id = $1 and note <> '(erased)'",
    "update cancellations set note = '(erased)' where order_id = $1 and note <> '(erased)'",
    """
    update returns set note = case when note is not null then '(erased)' end,
        answer = case when answer is not null then '(erased)' end
    where order_id = $1 and (note <> '(erased)' or answer <> '(erased)')
    """,
    "delete from order_holds where order_id = $1",
    "delete from order_links where order_id = $1",
    "delete from carts where order_id = $1",
    "delete from drafts where order_id = $1",
)
_SEAL = """
update documents set kept_until = make_date(extract(year from issued_on)::integer + 1 + $2, 1, 1)
where order_id = $1 and kept_until is null
"""
# Mails that wait, or that the mail server has refused for good.
_MAILS = "delete from jobs where name = any($2::text[]) and payload ->> 'order_id' = $1"
_OF_ACCOUNT = (
    "delete from carts where account_id = $1",
    "delete from order_views where owner = $1 and not shared",
)
_DRAFTS = """
with gone as (delete from drafts where account_id = $1 and order_id is null returning id)
delete from idempotency using gone where operation_id = gone.id and status is not null
"""
# Answers that are kept for repeated requests, of the orders that were erased within so many days. Requests that are
# still running have none.
_ANSWERS = """
with erased as (select id from orders where erased_at > now() - interval '3 days'),
asked as (
    select id from erased
    union all select n.id from order_notes n join erased e on e.id = n.order_id
    union all select p.id from parcels p join erased e on e.id = p.order_id
    union all select r.id from refunds r join erased e on e.id = r.order_id
    union all select c.id from cancellations c join erased e on e.id = c.order_id
    union all select r.id from returns r join erased e on e.id = r.order_id
    union all select (h.data ->> 'mail_id')::uuid from order_events h join erased e on e.id = h.order_id
        where h.kind = 'mail_sent_again'
)
delete from idempotency using asked where operation_id = asked.id and status is not null
"""


async def erase_order(tx: WriteTx, order_id: UUID, account_id: UUID | None, mails: list[str]) -> bool:
    """Take the person out of an order, which the caller has locked and found settled; False: that was done before.

    `account_id`: whose it is. `mails`: the names of jobs that mail about an order.
    """
    views: list[dict[str, UUID]] = await tx.rows(dict, _VIEWS, order_id)
    if views:
        await tx.execute(_ANSWERS_OF, [view["id"] for view in views])
    if not await tx.execute(_ORDER, order_id):
        return False
    await tx.execute(_HISTORY, order_id, account_id)
    for sql in _ROWS:
        await tx.execute(sql, order_id)
    await tx.execute(_MAILS, str(order_id), mails)
    return True


async def seal_documents(tx: WriteTx, order_id: UUID, years: int) -> None:
    """Its documents stay until so many years after the end of the year of their date."""
    await tx.execute(_SEAL, order_id, years)


async def erase_account(tx: WriteTx, account_id: UUID) -> None:
    """Delete carts, drafts that were not sent, and saved filters of an account."""
    for sql in _OF_ACCOUNT:
        await tx.execute(sql, account_id)
    await tx.execute(_DRAFTS, account_id)


async def erase_answers(tx: WriteTx) -> int:
    """Delete the kept answers about orders that were erased within the last days; how many."""
    return await tx.execute(_ANSWERS)


async def seal_late(tx: WriteTx, years: int, most: int) -> int:
    """Give an end to documents that were written after the erasure of their order; how many."""
    sql = """
    update documents set kept_until = make_date(extract(year from issued_on)::integer + 1 + $1, 1, 1)
    where id in (
        select d.id from orders o join documents d on d.order_id = o.id
        where o.erased_at is not null and d.kept_until is null order by d.id limit $2
    )
    """
    return await tx.execute(sql, years, most)


async def end_documents(tx: WriteTx, most: int) -> int:
    """Take the buyer out of sealed documents whose time is over; how many."""
    sql = """
    update documents set content = erased_content(content) where id in (
        select id from documents where kept_until < current_date and content #> '{buyer,lines}' <> '[]'
        order by kept_until, id limit $1
    )
    """
    return await tx.execute(sql, most)
