"""Migrations that must not pass the drill. Each row costs some work, so that a quick machine waits for them too."""

from __future__ import annotations

_WORK = "md5(repeat(note, 100))"
FIRST = """
create table things (id bigint primary key generated always as identity, note text not null);
insert into things (note) select md5(g::text) from generate_series(1, 1000000) g;
"""
BAD = {
    "an index that is not made concurrently": f"create index things_work on things (({_WORK}));",
    "a column with a volatile default": (
        "alter table things add column stamp text not null default repeat(md5(random()::text), 30);"
    ),
    "a check of all rows": f"alter table things add constraint things_work check (length({_WORK}) = 32);",
}
