"""A step of the walk through the API's examples, and what staff do with prices and with paid orders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Step(NamedTuple):
    """An operation, and the values of its answer to keep: by name, the path in the answer.

    `expect`: the status, if it is an error; `send`: fields of the body that are not as in the example, by the name of
    the value that was kept.
    """

    operation: str
    keep: Mapping[str, str] = {}
    expect: int | None = None
    send: Mapping[str, str] = {}


STAFF = (
    Step("list_accounts"),
    Step("put_roles"),
    Step("put_status"),
    Step("list_any_products"),
    Step("read_any_product"),
    Step("patch_product"),
    Step("put_prices"),
    Step("read_stock_level"),
    Step("put_stock"),
    Step("adjust_stock"),
    Step("preview_stock_edit"),
    Step("edit_stock"),
    Step("list_movements"),
    Step("list_low_stock"),
    Step("import_file"),
    Step("read_products_file"),
    Step("preview_product_edit"),
    Step("edit_products"),
    Step("upload_import_file", {"file_id": "id"}),
    Step("start_import", {"run_id": "id"}, send={"file_id": "file_id"}),
    Step("list_imports"),
    Step("read_import"),
    Step("list_import_findings"),
    Step("list_missing_pictures"),
    Step("retry_missing_pictures"),
    # Of the example's id, which no picture has, and which is an order of others than the product's.
    Step("delete_picture"),
    Step("order_pictures", expect=409),
    Step("list_product_pictures", {"picture_id": "items.0.id"}),
    Step("describe_picture"),
    Step("show_picture_by_variants"),
    Step("place_order", {"order_id": "order.id"}),
    Step("list_all_orders"),
    Step("list_holdings"),
    Step("read_any_order"),
    Step("list_payments", {"payment_id": "items.0.id"}),
    Step("read_payment"),
    Step("list_ledger_balances"),
    Step("end_order"),
)
_ZONES = (
    Step("create_shipping_zone", {"zone_id": "id"}),
    Step("create_shipping_method", {"method_id": "id"}),
    Step("list_shipping_zones"),
    Step("calculate_checkout"),
    Step("preview_price"),
    Step("replace_shipping_method", {"version": "version"}),
    Step("delete_shipping_method"),
    Step("replace_shipping_zone", {"version": "version"}),
    Step("delete_shipping_zone"),
)
_TAXES = (
    Step("read_tax_settings"),
    Step("replace_tax_settings"),
    Step("create_tax_rate", {"rate_id": "id"}),
    Step("list_tax_rates"),
    Step("replace_tax_rate", {"version": "version"}),
    Step("delete_tax_rate"),
)
_DISCOUNTS = (
    Step("create_discount", {"discount_id": "id"}),
    Step("list_discounts"),
    Step("read_discount"),
    Step("change_discount"),
    Step("add_discount_codes"),
    Step("draw_discount_codes", {"batch": "batch"}),
    Step("list_discount_codes"),
    Step("read_discount_codes_file"),
    Step("change_discount_code"),
    Step("set_discount_status"),
    Step("delete_discount"),
)
# What they make, they delete: the proofs that follow on this store know its prices.
PRICES = (*_ZONES, *_TAXES, *_DISCOUNTS)
PLACED = (
    Step("place_order", {"order_id": "order.id"}),
    Step(
        "read_order_payment", {"client_secret": "payment.client_secret", "publishable_key": "payment.publishable_key"}
    ),
)
# Of an order that is paid by bank transfer.
TRANSFERRED = (
    Step("place_order", {"order_id": "order.id", "total": "order.total"}, send={"payment_method": "payment_method"}),
    Step("list_payments", {"payment_id": "items.0.id"}),
    Step("receive_payment", send={"amount": "total", "reference": "reference"}),
)
DRAFTED = (
    Step("create_draft", {"draft_id": "id"}),
    Step("list_drafts"),
    Step("read_draft"),
    Step("replace_draft", {"version": "version"}),
    Step("delete_draft"),
    Step("create_draft", {"draft_id": "id"}),
    Step("price_draft", {"expected_total": "calculation.total"}),
    Step("send_draft", {"order_id": "id"}),
)
# Of the order that a draft became, once it waits for its payment.
SENT_DRAFT = (
    Step("resend_mail"),
    Step("read_any_order", {"order_version": "version", "total": "total"}),
    Step("edit_order", send={"version": "order_version"}),
    Step("receive_money", send={"amount": "total", "reference": "reference"}),
)
# Of an order that is paid.
FILED = (
    Step("add_order_note", {"note_id": "id"}),
    Step("delete_order_note"),
    Step("edit_orders", send={"order_ids": "order_id"}),
    Step("list_order_tags"),
    Step("create_order_view", {"view_id": "id"}),
    Step("list_order_views"),
    Step("change_order_view"),
    Step("delete_order_view"),
    Step("read_orders_file"),
    # A guest's; its pieces are still to be sent.
    Step("read_guest_data"),
    Step("erase_guest", expect=409),
)
# Of an order that has its invoice. Its one piece is sent twice, and comes back at the fourth try.
SENT_AND_RETURNED = (
    Step("list_documents", {"document_id": "items.0.id"}),
    Step("read_document"),
    Step("list_own_documents"),
    Step("read_own_document"),
    Step("read_packing_slip"),
    Step("send_parcel", {"parcel_id": "id"}),
    Step("list_parcels"),
    Step("read_parcel_slip"),
    Step("track_parcel"),
    Step("cancel_parcel"),
    Step("send_parcel", {"parcel_id": "id"}),
    Step("deliver_parcel"),
    Step("list_own_parcels"),
    Step("request_return", {"return_id": "id"}),
    Step("list_own_returns"),
    Step("withdraw_return"),
    Step("request_return", {"return_id": "id"}),
    Step("refuse_return"),
    Step("open_return", {"return_id": "id"}),
    Step("cancel_return"),
    Step("request_return", {"return_id": "id"}),
    Step("approve_return"),
    Step("receive_return"),
    Step("inspect_return"),
    Step("refund_return"),
    Step("close_return"),
    Step("list_returns"),
    Step("list_refunds"),
    Step("list_own_refunds"),
    Step("read_mail_preview"),
    # The order is an account's, which identity exports and erases.
    Step("read_own_order_data", expect=409),
    Step("erase_own_order", expect=409),
)
CANCELLED = (
    Step("cancel_pieces"),
    Step("preview_refund", {"expected_total": "total"}),
    Step("create_refund"),
    Step("archive_order"),
    Step("unarchive_order"),
    Step("edit_orders"),
    Step("list_order_tags"),
    Step("add_order_note", {"note_id": "id"}),
    Step("delete_order_note"),
    Step("read_orders_file"),
    Step("create_order_view", {"view_id": "id", "version": "version"}),
    Step("list_order_views"),
    Step("change_order_view"),
    Step("delete_order_view"),
)
# Of a shop whose balance was paid out.
PAID_OUT = (
    Step("list_payouts", {"payout_id": "items.0.id"}),
    Step("read_payout"),
    Step("read_daily_report"),
    Step("read_daily_report_csv"),
)
DISPUTED = (
    Step("list_disputes", {"dispute_id": "items.0.id"}),
    Step("read_dispute"),
    Step("submit_dispute_evidence"),
    Step("accept_dispute"),
)
