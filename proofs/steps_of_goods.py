"""What staff do with products, categories, collections, the shop's settings, API keys and webhooks, by examples."""

from __future__ import annotations

from proofs.steps import Step

# Of the demo shop's product of the examples. Its sale is deleted before it begins.
CHANGED = (
    Step("change_variant"),
    Step("set_options"),
    Step("plan_sale", {"sale_id": "id"}),
    Step("list_sales"),
    Step("read_sale"),
    Step("delete_sale"),
    Step("upload_picture", {"picture_id": "picture.id"}, send={"bytes": "picture"}),
    Step("delete_picture"),
)
# Drafts, which nobody can buy: a new product, and a copy of one, which has another size afterwards.
MADE = (
    Step("create_product", {"made_id": "id"}, send={"variants": "new_variant"}),
    Step("duplicate_product", {"slug": "slug"}),
    Step("read_publication"),
    Step("set_publication"),
    Step("add_variants", send={"variants": "another_size"}),
)
CHOSEN = (
    Step("set_chosen_products", send={"product_ids": "made_id"}),
    Step("read_chosen_products"),
    Step("list_related_products"),
    Step("list_suggestions"),
)
# Of the new product, which gets another slug; and of an address that it never had.
WRITTEN = (
    Step("write_translation"),
    Step("read_translation"),
    Step("read_content"),
    Step("delete_translation"),
    Step("set_seo"),
    Step("change_product_slug"),
    Step("create_redirect", {"redirect_id": "id"}),
    Step("list_redirects"),
    Step("read_redirect"),
    Step("delete_redirect"),
    Step("read_sitemap_index"),
    Step("read_sitemap"),
    Step("read_robots"),
)
# A collection that has a rule, then one whose products are chosen.
SORTED = (
    Step("create_category", {"category_id": "id", "version": "version"}),
    Step("change_category", {"version": "version"}, send={"version": "version"}),
    Step("assign_category", send={"category_id": "category_id", "product_ids": "product_id", "preview": "no"}),
    Step("list_any_categories"),
    Step("read_category_tree"),
    Step("create_collection", {"collection_id": "id", "slug": "slug", "version": "version"}),
    Step("list_any_collections"),
    Step("read_any_collection"),
    Step("list_collections"),
    Step("read_collection"),
    Step("list_collection_products"),
    Step("read_facets"),
    Step("change_collection", {"version": "version"}, send={"version": "version"}),
    Step("delete_collection"),
    Step("create_collection", {"collection_id": "id", "version": "version"}, send={"rule": "nothing"}),
    Step(
        "set_collection_products",
        {"version": "version"},
        send={"version": "version", "product_ids": "product_id"},
    ),
    Step("delete_collection"),
)
UNSORTED = (
    Step("assign_category", send={"product_ids": "product_id", "preview": "no"}),
    Step("list_any_categories", {"version": "items.0.version"}),
    Step("delete_category"),
)
SHOP = (
    Step("read_shop"),
    Step("read_shop_settings", {"version": "version"}),
    Step("change_shop_settings", send={"version": "version"}),
    Step("write_shop_policy"),
    Step("read_shop_policy"),
    Step("delete_shop_policy"),
    Step("read_sales_figures"),
    Step("read_country_figures"),
    Step("list_product_figures"),
    Step("write_mail_template"),
    Step("list_mail_templates"),
    Step("preview_mail_template"),
    Step("delete_mail_template"),
    Step("write_account_mail_template"),
    Step("list_account_mail_templates"),
    Step("preview_account_mail_template"),
    Step("delete_account_mail_template"),
    Step("make_api_key", {"key_id": "id"}),
    Step("list_api_keys"),
    Step("delete_api_key"),
)
# Its URL is that of a program that listens.
WEBHOOK = (
    Step("create_webhook", {"webhook_id": "id", "version": "version"}, send={"url": "url"}),
    Step("list_webhooks"),
    Step("read_webhook"),
    Step("read_webhook_secret"),
    Step("change_webhook_secret", send={"version": "version"}),
    Step("read_webhook", {"version": "version"}),
    Step("change_webhook", send={"version": "version", "url": "url"}),
    Step("send_webhook_test", {"message_id": "message_id"}),
)
# Once the test was received.
SENT_WEBHOOK = (
    Step("list_webhook_deliveries"),
    Step("redeliver_webhook_message"),
)
END_WEBHOOK = (Step("delete_webhook"),)
