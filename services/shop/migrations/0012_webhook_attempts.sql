-- Counts what was begun, and never anew: the end of a try that staff have replaced by a new one writes nothing.
alter table webhook_deliveries
    add column attempt integer not null default 0,
    add constraint webhook_deliveries_attempt_check check (attempt >= 0) not valid;
