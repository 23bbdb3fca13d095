-- no-transaction
-- Staff's list of disputes and warnings, newest first, and the count of those that go on: few of all cases.
create index concurrently if not exists provider_cases_disputes on provider_cases (provider_created_at desc, id desc)
where kind in ('dispute', 'fraud_warning');
