"""An export is complete: each table that leads to a person is in it, or it is said why not."""

from __future__ import annotations

from pathlib import Path

import yaml

from identity.privacy.store import person

SERVICES = Path(__file__).resolve().parents[3]
# Ids that lead to a person by another service alone, which erases them; and names that the shop shows.
IDS = {"account id", "pseudonym", "public name", "purchase"}
# What is about the shop, its staff, or nobody who is known.
NOT_A_CUSTOMER = {
    "catalog.import_files.name": "staff about a file of products",
    "catalog.stock_movements.reason": "staff about stock",
    "catalog.stock_movements.note": "staff about stock",
    "catalog.searches_without_result.term": "no row says who searched; gone after 35 days",
}
# The chassis' own tables hold ids of accounts alone; audit_lines is exported.
CHASSIS = {"audit_lines"}


def described(service: str) -> dict:
    return yaml.safe_load((SERVICES / service / "tables.yaml").read_text(encoding="utf-8"))["tables"]


def personal(table: dict) -> dict[str, dict]:
    """What is said of each column that holds personal data."""
    columns = {name: each["personal"] for name, each in table["columns"].items() if isinstance(each, dict)}
    return {name: each for name, each in columns.items() if isinstance(each, dict)}


def test_every_table_of_identity_that_leads_to_a_person_is_exported_or_it_is_said_why_not():
    leads = {name for name, table in described("identity").items() if table["person"] != "none"}
    assert leads - person.NOT_EXPORTED.keys() == person.TABLES.keys() - CHASSIS
    assert not person.NOT_EXPORTED.keys() & person.TABLES.keys()


def test_every_personal_column_that_is_no_secret_is_exported():
    for name, table in described("identity").items():
        if name not in person.TABLES:
            continue
        exported = {column.strip() for column in person.TABLES[name][1].split(",")}
        expected = {column for column, each in personal(table).items() if each["kind"] != "credential"}
        # Whose rows they are is known to whom they are given.
        assert expected - exported <= {"account_id", "asked_by", "invited_by"}, name


def test_catalog_and_shop_keep_nothing_of_a_customer_but_ids():
    """So neither is asked for an export or an erasure."""
    for service in ("catalog", "shop"):
        for table, described_table in described(service).items():
            for column, about in personal(described_table).items():
                place = f"{service}.{table}.{column}"
                of_the_shop = (service, table) == ("shop", "profile")
                assert about["kind"] in IDS or of_the_shop or place in NOT_A_CUSTOMER, place
