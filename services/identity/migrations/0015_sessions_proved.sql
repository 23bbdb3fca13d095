-- When the person of a session last proved who they are; null: when it began.
alter table sessions add column proved_at timestamptz;
