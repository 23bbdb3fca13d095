-- no-transaction
-- Sealed documents whose buyer goes when their time is over.
create index concurrently if not exists documents_kept on documents (kept_until)
    where kept_until is not null and content #> '{buyer,lines}' <> '[]';
