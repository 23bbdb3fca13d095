-- How current a service is with each producer, told by whoever follows it with the writes that it makes anyway.
-- current_to: what the producer said up to this moment has taken effect here. keeping_up: the last look found nothing
-- more, or nothing older than a second; it holds for as long as the lease does.
alter table inbox_cursor add column current_to timestamptz;
alter table inbox_cursor add column keeping_up boolean not null default false;
