-- no-transaction
-- For the erasure of staff who added accounts to groups.
create index concurrently if not exists account_group_members_added_by on account_group_members (added_by);
