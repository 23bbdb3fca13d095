-- From here on identity writes into the audit log that every service has (audit_lines). Its own of before is copied
-- there and stays, unused.
insert into audit_lines (id, occurred_at, action, outcome, object, actor_id, session_id, request_id, before, after)
select id, occurred_at, action, outcome, 'account:' || account_id, actor_id, session_id, request_id,
       details -> 'before', nullif(details - 'before', '{}')
from audit_log
on conflict (id) do nothing;
