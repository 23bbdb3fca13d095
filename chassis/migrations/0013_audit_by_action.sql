-- no-transaction
-- What was done of one kind: a rare one is found without reading all lines of 400 days.
create index concurrently if not exists audit_lines_action on audit_lines (action, id);
