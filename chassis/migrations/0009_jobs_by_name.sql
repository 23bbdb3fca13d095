-- What is due is looked for by name, since each name has a share of a worker's places: however many wait of one name, the
-- others are found at once. The table holds what waits, so that the index is made in a moment.
-- squawk-ignore require-concurrent-index-creation
create index jobs_due_by_name on jobs (name, run_at) where held_at is null;
