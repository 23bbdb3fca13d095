-- no-transaction
-- Counts of the disputes that go on, which are read every few seconds: few of all that ever were.
create index concurrently if not exists provider_cases_open on provider_cases (due_by)
where kind = 'dispute' and status not in ('won', 'lost', 'warning_closed', 'prevented', 'not_actionable');
