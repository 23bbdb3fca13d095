-- no-transaction
-- was b5d0b61ed4abdfea4f27f0950ceca27554a64a418ae3b7c60f98619133e75bcf
-- What is due is looked for by name, since each name has a share of a worker's places: however many wait of one name, the
-- others are found at once.
create index concurrently if not exists jobs_due_by_name on jobs (name, run_at) where held_at is null;
