"""Documents by HTTP: their owner's, staff's, nobody else's; kept by no cache; each look of staff is audited."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from orders.documents.printing import printer
from orders.tests.documents.examples import credited, invoiced
from orders.tests.shop import Shop


async def test_an_owner_and_staff_get_the_documents_of_an_order_and_nobody_else_does(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed = await shop.place((shop.shelves.article(), 2))
    await shop.paid(placed)
    await invoiced(shop, placed)
    await credited(shop, UUID(placed.id), amount=100, reason="late")
    staff, path = shop.service.token(scopes=("orders:read",)), f"orders/{placed.id}/documents"
    for prefix, headers in (("/api/v1", placed.key), ("/api/v1/admin", staff)):
        listed = await shop.client.get(f"{prefix}/{path}", headers=headers)
        assert listed.status_code == 200
        invoice, note = listed.json()["items"]
        assert (invoice["kind"], note["kind"], note["invoice_id"]) == ("invoice", "credit_note", invoice["id"])
        assert (invoice["total"], note["total"]["amount"]) == (placed.body["order"]["total"], 100)
        for document in (invoice, note):
            answer = await shop.client.get(f"{prefix}/{path}/{document['id']}.pdf", headers=headers)
            assert answer.status_code == 200
            assert answer.content.startswith(b"%PDF")
            assert answer.headers["content-type"] == "application/pdf"
            assert answer.headers["cache-control"] == listed.headers["cache-control"] == "private, no-store"
            assert f'filename="{document["number"]}.pdf"' in answer.headers["content-disposition"]
        assert (await shop.client.get(f"{prefix}/{path}/{uuid4()}.pdf", headers=headers)).status_code == 404
        assert (await shop.client.get(f"{prefix}/{path}/x.pdf", headers=headers)).status_code == 422
    slip = await shop.client.get(f"/api/v1/admin/orders/{placed.id}/packing-slip.pdf", headers=staff)
    assert slip.content.startswith(b"%PDF")
    assert (await shop.client.get(f"/api/v1/admin/orders/{uuid4()}/packing-slip.pdf", headers=staff)).status_code == 404
    monkeypatch.setattr(printer, "MOST_WAITING_BEFORE_SHOPPERS", 0)
    busy = [
        (await shop.client.get(f"{prefix}/{path}/{invoice['id']}.pdf", headers=headers)).status_code
        for prefix, headers in (("/api/v1", placed.key), ("/api/v1/admin", staff))
    ]
    assert busy == [503, 200]
    for each in ("", f"/{invoice['id']}.pdf"):
        assert (await shop.client.get(f"/api/v1/{path}{each}")).status_code == 404
        assert (await shop.client.get(f"/api/v1/{path}{each}", headers=shop.customer())).status_code == 404
        assert (await shop.client.get(f"/api/v1/admin/{path}{each}", headers=shop.customer())).status_code == 403
    actions = await shop.value("select array_agg(action order by action) from audit_lines where outcome = 'success'")
    assert actions == ["order.document_read"] * 3 + ["order.documents_read", "order.packing_slip_read"]
