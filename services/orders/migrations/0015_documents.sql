-- Invoices and credit notes: numbered without a gap, and kept as they were written.
create table document_series (
    -- What stands before the number: kind and year, or the shop's own prefix.
    series text primary key,
    -- The last number that was given. Its row is locked from the number to the commit of the document.
    last integer not null,
    constraint document_series_name check (series ~ '^[A-Z0-9]([A-Z0-9-]{0,18}[A-Z0-9])?$'),
    constraint document_series_last check (last > 0)
);

create table documents (
    id uuid primary key,
    order_id uuid not null references orders (id),
    kind text not null,
    -- Of a credit note, and of what reverses one: the refund that it is about, and the invoice that it corrects.
    refund_id uuid,
    invoice_id uuid references documents (id),
    series text not null references document_series (series),
    seq integer not null,
    -- As it is printed: the series and the number.
    number text not null generated always as (
        series || '-' || case when seq < 1000000 then lpad(seq::text, 6, '0') else seq::text end
    ) stored,
    issued_at timestamptz not null default now(),
    -- The day in the shop's time zone.
    issued_on date not null,
    language text not null,
    currency text not null,
    -- Minor units: the sum of the document, and the tax in it.
    total bigint not null,
    tax bigint not null,
    -- All that is printed but the number and the day: orders/documents/domain/content.py.
    content jsonb not null,
    constraint documents_number_once unique (series, seq),
    constraint documents_kind_check check (kind in ('invoice', 'credit_note', 'reversal')),
    constraint documents_seq check (seq > 0),
    constraint documents_of_refund check (
        (kind = 'invoice') = (refund_id is null) and (kind = 'invoice') = (invoice_id is null)
    ),
    constraint documents_sums check (total > 0 and tax between 0 and total),
    constraint documents_language check (language ~ '^[a-z]{2}$'),
    constraint documents_content check (
        jsonb_typeof(content) = 'object' and (content ->> 'total')::bigint = total
        and (content ->> 'tax')::bigint = tax and content ->> 'currency' = currency
    )
);
-- An order's documents.
create index documents_of_order on documents (order_id);
-- One invoice for each order.
create unique index documents_invoice_once on documents (order_id) where kind = 'invoice';
-- One credit note for each refund.
create unique index documents_credit_note_once on documents (refund_id) where kind = 'credit_note';
-- One reversal of it, where the refund failed after all.
create unique index documents_reversal_once on documents (refund_id) where kind = 'reversal';
-- What was credited of an invoice.
create index documents_of_invoice on documents (invoice_id) where invoice_id is not null;

-- Up to when paid orders have been looked through for an invoice: one row. What was paid before documents were made has
-- none, unless staff ask for it.
create table invoicing (
    single boolean primary key default true,
    paid_until timestamptz not null default now(),
    -- When documents began to be made.
    since timestamptz not null default now(),
    constraint invoicing_single check (single)
);
insert into invoicing default values;

-- A document is never changed nor deleted. (The running service has no right to truncate a table.)
create trigger documents_stay before update or delete on documents
    for each statement execute function refuse_change();
create trigger document_series_are_kept before delete on document_series
    for each statement execute function refuse_change();

-- At the commit, each number up to the last one has its document.
create function check_series() returns trigger language plpgsql as $$
declare
    given bigint := case when tg_op = 'INSERT' then 0 else old.last end;
begin
    if tg_op = 'UPDATE' and (new.series <> old.series or new.last <= old.last)
       or new.last - given <> (
           select count(*) from documents d where d.series = new.series and d.seq > given and d.seq <= new.last
       ) then
        raise exception 'series % would have a gap at %', new.series, new.last
            using errcode = 'check_violation', constraint = 'document_series_gapless';
    end if;
    return null;
end
$$;
create constraint trigger document_series_gapless after insert or update on document_series
    deferrable initially deferred for each row execute function check_series();

-- An invoice is of a paid order and has its sums; credit notes, less what reverses them, are no more than their invoice.
create function check_document() returns trigger language plpgsql as $$
declare
    of_order record;
    invoiced record;
    broken text;
begin
    select o.status, o.total, o.tax, o.currency into of_order from orders o where o.id = new.order_id;
    if new.seq > coalesce((select s.last from document_series s where s.series = new.series), 0) then
        broken := 'documents_number_given';
    elsif new.kind = 'invoice' then
        if (new.total, new.tax, new.currency) is distinct from (of_order.total, of_order.tax, of_order.currency) then
            broken := 'documents_invoice_sums';
        elsif of_order.status <> 'paid' then
            broken := 'documents_invoice_paid';
        end if;
    else
        -- Locked, so that two credit notes of one invoice are summed up one after the other.
        select d.order_id, d.kind, d.total, d.tax, d.currency into invoiced
        from documents d where d.id = new.invoice_id for no key update;
        if invoiced.kind <> 'invoice' or invoiced.order_id <> new.order_id or invoiced.currency <> new.currency
           or exists (
               select from documents d,
                   lateral (values (case d.kind when 'reversal' then -1 else 1 end)) as one (sign)
               where d.invoice_id = new.invoice_id
               having sum(sign * d.total) not between 0 and invoiced.total
                   or sum(sign * d.tax) not between 0 and invoiced.tax
           ) or new.kind = 'reversal' and not exists (
               select from documents d where d.refund_id = new.refund_id and d.kind = 'credit_note'
                   and (d.invoice_id, d.total, d.tax) = (new.invoice_id, new.total, new.tax)
           ) then
            broken := 'documents_credit_sums';
        end if;
    end if;
    if broken is not null then
        raise exception 'document % breaks the rule %', new.id, broken
            using errcode = 'check_violation', constraint = broken, table = 'documents';
    end if;
    return null;
end
$$;
create trigger documents_agree after insert on documents for each row execute function check_document();
