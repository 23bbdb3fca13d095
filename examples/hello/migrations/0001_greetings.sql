-- Who was greeted, and how often.
create table greetings (
  name text primary key check (length(name) between 1 and 200),
  count bigint not null default 1 check (count > 0)
);
