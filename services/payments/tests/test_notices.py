from __future__ import annotations

from datetime import timedelta

from payments.jobs import delete_old_notices
from payments.tests.shop import Shop


async def test_what_staff_were_told_is_deleted_after_two_years(shop: Shop):
    insert = "insert into staff_notices (subject, told_at) values ($1, now() - $2::interval)"
    await shop.rows(insert, "old", timedelta(days=732))
    await shop.rows(insert, "new", timedelta(days=729))
    await delete_old_notices(shop.app.ctx)
    assert [tuple(row) for row in await shop.rows("select subject from staff_notices")] == [("new",)]
