-- Ids by a number: uuidv7() and gen_random_uuid() ask the system for chance, which takes longer than to write the row.
create function pg_temp.id_at(at timestamptz, n bigint) returns uuid language sql immutable
return (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '70008' || lpad(to_hex(n), 15, '0'))::uuid;
create function pg_temp.id_of(kind text, n bigint) returns uuid language sql immutable return md5(kind || n)::uuid;
-- Tables that each service has. What is queued for followers stays empty: a row would be work.
insert into audit_lines (id, occurred_at, action, outcome, object, actor_id, ip, request_id)
select pg_temp.id_at(at, n), at, 'thing.changed', 'success', 'thing/' || n, pg_temp.id_of('actor', n), '192.0.2.1', n::text
from (select n, now() - make_interval(secs => :lines - n) as at from generate_series(1, :lines) as n) as each;
insert into audit_chain (position, line_id, hash)
select row_number() over (order by id) + (select coalesce(max(position), 0) from audit_chain), id, sha256(id::text::bytea)
from audit_lines as line where not exists (select from audit_chain where line_id = line.id);
insert into idempotency (scope, key, request_hash, operation_id, claim, claimed_until, status, headers, body)
select 'account:' || n % 1000, id, sha256(n::text::bytea), id, id, now(), 201, '{}', '{}'
from (select n, pg_temp.id_of('key', n) as id from generate_series(1, :lines) as n) as each;
-- Of the first transaction, so that followers are past it.
insert into outbox (xid, type, aggregate, aggregate_id, version, occurred_at, data)
select '3', 'thing.changed', 'thing', pg_temp.id_of('thing', n), 1, now() - interval '1 hour', '{}'
from generate_series(1, :lines) as n;
insert into jobs (name, payload, held_at, error)
select 'thing.do', '{}', now(), 'An outage' from generate_series(1, :products);
insert into inbox_dead (producer, aggregate, aggregate_id, version, event_id, type, occurred_at, data, state, error)
select 'elsewhere' || n % 50, 'thing', uuidv7(), 1, n::text, 'thing.changed', now(), '{}', 'dead', 'An outage'
from generate_series(1, :products) as n;
