-- How often each limit refused, by the hour: each replica adds what it counted. Nobody is named here. Kept for 30 days.
create table limits_hit (
    hour timestamptz not null,
    limit_name text not null check (length(limit_name) between 1 and 40),
    refused bigint not null check (refused >= 1),
    last_at timestamptz not null,
    primary key (hour, limit_name)
);
