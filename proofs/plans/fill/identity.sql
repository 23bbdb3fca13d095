-- Accounts, each with what it once asked for. No password fits.
create temporary table a as
select n, uuidv7(make_interval(secs => n - :products)) as id from generate_series(1, :products) as n;
insert into accounts (id, email, name, password_hash, email_verified_at, created_at)
select id, 'filled' || n || '@example.com', 'Filled ' || n, '$argon2id$none', now(), now() - make_interval(secs => :products - n)
from a;
insert into account_addresses (id, account_id, place, name, line1, country, default_shipping, default_billing)
select uuidv7(), id, 1, 'Filled', 'Street 1', 'DE', true, true from a;
insert into sessions (account_id, current_hash, staff, idle_until, absolute_until, ended_at, end_reason)
select id, sha256(n::text::bytea), false, now(), now(), now() - interval '1 day', 'signed_out' from a;
insert into account_mails (kind, email, account_id, expires_at, mailed_at, ended_at)
select 'email_confirmation', 'filled' || n || '@example.com', id, now() + interval '1 hour', now(), now() from a;
insert into registrations (email, expires_at, mailed_at)
select 'new' || n || '@example.com', now() + interval '1 day', now() from a;
insert into second_factors (account_id, secret, confirmed_at)
select id, decode(repeat('00', 48), 'hex'), now() from a;
insert into recovery_codes (account_id, code_hash) select id, sha256(n::text::bytea) from a;
insert into staff_invitations (email, roles, invited_by, expires_at, ended_at)
select 'invited' || n || '@example.com', '{support}', id, now() + interval '7 days', now() from a;
insert into erasures (account_id, asked_at, due_at, begun_at, erased_at)
select uuidv7(), now() - interval '9 days', now() - interval '2 days', now() - interval '2 days', now() - interval '2 days' from a;
insert into account_exports (id, account_id, ready_at) select id, id, now() from a;
insert into account_export_parts (export_id, service, about, part, rows_inside, content)
select id, 'identity', 'accounts', 1, 1, ''::bytea from a;
insert into audit_log (action, outcome, account_id) select 'thing.done', 'success', id from a;
insert into account_notes (id, account_id, place, body, author) select uuidv7(), id, 1, 'Filled', id from a;
insert into account_groups (id, place, name) select uuidv7(), n, 'Filled ' || n from generate_series(1, 20) as n;
insert into account_group_members (group_id, account_id, added_by)
select g.id, a.id, a.id from a join account_groups g on g.place = a.n % 20 + 1;
drop table a;
