-- Addresses of other programs, the events that they are told of, and what became of each.
create table webhook_endpoints (
  id uuid primary key,
  place smallint not null constraint webhook_endpoints_place unique check (place between 1 and 20),
  url text not null check (url ~ '^https?://' and length(url) <= 500),
  title text not null check (length(title) between 1 and 100),
  types text[] not null check (cardinality(types) between 1 and 50),
  status text not null default 'on' check (status in ('on', 'off')),
  off_reason text check (off_reason in ('staff', 'gone', 'failing')),
  -- The secret follows from it and a key of this service; the one before is good until `old_secret_until`.
  secret_number integer not null default 1 check (secret_number between 1 and 1000000),
  old_secret_until timestamptz,
  failing_since timestamptz,
  version bigint not null default 1 check (version > 0),
  created_at timestamptz not null default statement_timestamp(),
  updated_at timestamptz not null default statement_timestamp(),
  constraint webhook_endpoints_off check ((status = 'off') = (off_reason is not null))
);

-- What is told: an event of a followed service once, however often its feed is read.
create table webhook_messages (
  id uuid primary key,
  producer text not null check (length(producer) between 1 and 40),
  aggregate text not null check (length(aggregate) between 1 and 100),
  aggregate_id uuid not null,
  number bigint not null,
  type text not null check (length(type) between 1 and 100),
  body text not null check (length(body) <= 100000),
  created_at timestamptz not null default statement_timestamp(),
  constraint webhook_messages_once unique (producer, aggregate, aggregate_id, number)
);
-- To delete old ones.
create index webhook_messages_by_age on webhook_messages (created_at);

create table webhook_deliveries (
  message_id uuid not null references webhook_messages on delete cascade,
  endpoint_id uuid not null references webhook_endpoints on delete cascade,
  state text not null default 'waiting' check (state in ('waiting', 'delivered', 'failed')),
  tries smallint not null default 0 check (tries between 0 and 100),
  due_at timestamptz not null default statement_timestamp(),
  last_status smallint check (last_status between 100 and 999),
  last_error text check (length(last_error) <= 300),
  last_try_at timestamptz,
  ended_at timestamptz,
  primary key (message_id, endpoint_id),
  constraint webhook_deliveries_end check ((state = 'waiting') = (ended_at is null))
);
-- What is to be sent, for each endpoint.
create index webhook_deliveries_due on webhook_deliveries (endpoint_id, due_at) where state = 'waiting';
-- The log of an endpoint.
create index webhook_deliveries_log on webhook_deliveries (endpoint_id, message_id desc);
