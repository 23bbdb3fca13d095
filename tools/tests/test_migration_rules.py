from __future__ import annotations

import pytest

from tools import check, migration_rules

INDEX = "create index concurrently if not exists a on b (c)"


def test_our_own_migrations_keep_the_rules():
    assert check.migrations() == ""


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        (f"-- no-transaction\n{INDEX}; {INDEX};", "one statement"),
        ("-- no-transaction\ncreate index a on b (c);", "concurrently"),
        ("-- in-batches\nupdate b set c = 1 where c is null;", "limit"),
        ("update b set c = 1;", "in-batches"),
        ("with d as (select 1) update b set c = 1;", "in-batches"),
        ("delete from b;", "in-batches"),
        ("alter table b add column c text check (length(c) > 1);", "not valid"),
    ],
)
def test_a_migration_that_others_would_wait_for_is_refused(sql, words):
    (found,) = migration_rules.of_migration("0002_bad", sql)
    assert words in found


@pytest.mark.parametrize(
    "sql",
    [
        f"-- no-transaction\n-- why\n{INDEX};",
        "-- in-batches\nwith d as (select e from b where c is null limit 9) update b set c = 1 from d where b.e = d.e;",
        "create function f() returns void language plpgsql as $$ begin update b set c = 1; end $$;",
        "create trigger t before update on b for each row execute function f();",
        "alter table b add constraint d check (c > 0) not valid;",
        "create table b (c text check (length(c) > 1)); insert into b select 'ab';",
    ],
)
def test_one_that_nobody_waits_for_is_accepted(sql):
    assert migration_rules.of_migration("0002_good", sql) == []
