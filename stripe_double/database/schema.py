"""The tables of the database. `doc` is a record as JSON; other columns are for queries and constraints."""

from __future__ import annotations

import sqlite3

SCHEMA = """
CREATE TABLE IF NOT EXISTS intents (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  created INTEGER NOT NULL,
  status TEXT NOT NULL,
  amount INTEGER NOT NULL CHECK (amount > 0),
  amount_received INTEGER NOT NULL CHECK (amount_received BETWEEN 0 AND amount),
  currency TEXT NOT NULL,
  doc BLOB NOT NULL
) STRICT;

CREATE INDEX IF NOT EXISTS intents_by_time ON intents (created);

CREATE TABLE IF NOT EXISTS charges (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  intent TEXT NOT NULL REFERENCES intents (id),
  doc BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS charges_of_intent ON charges (intent);

-- Append only. An intent is captured once at most: a unique index ensures it.
CREATE TABLE IF NOT EXISTS movements (
  seq INTEGER PRIMARY KEY,
  intent TEXT NOT NULL REFERENCES intents (id),
  charge TEXT NOT NULL REFERENCES charges (id),
  kind TEXT NOT NULL CHECK (kind IN ('authorise', 'capture', 'void', 'decline')),
  amount INTEGER NOT NULL CHECK (amount > 0),
  at REAL NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS movements_of_intent ON movements (intent);
CREATE UNIQUE INDEX IF NOT EXISTS one_capture ON movements (intent) WHERE kind = 'capture';

CREATE TABLE IF NOT EXISTS confirmation_tokens (
  id TEXT PRIMARY KEY,
  created INTEGER NOT NULL,
  doc BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS confirmation_tokens_by_time ON confirmation_tokens (created);

CREATE TABLE IF NOT EXISTS events (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  created REAL NOT NULL,
  payload BLOB NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  due REAL NOT NULL,
  outcome TEXT CHECK (outcome IN ('delivered', 'lost', 'given up'))
) STRICT;
CREATE INDEX IF NOT EXISTS events_due ON events (due) WHERE outcome IS NULL;

CREATE TABLE IF NOT EXISTS idempotency (
  key TEXT PRIMARY KEY,
  fingerprint BLOB NOT NULL,
  status INTEGER NOT NULL,
  body BLOB NOT NULL,
  request TEXT NOT NULL,
  created REAL NOT NULL DEFAULT 9e15
) STRICT;

CREATE TABLE IF NOT EXISTS refunds (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  created INTEGER NOT NULL,
  charge TEXT NOT NULL REFERENCES charges (id),
  doc BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS refunds_of_charge ON refunds (charge);

-- Disputes ("du_") and early fraud warnings ("issfr_").
CREATE TABLE IF NOT EXISTS objections (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  created INTEGER NOT NULL,
  charge TEXT NOT NULL REFERENCES charges (id),
  doc BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS objections_of_charge ON objections (charge);

-- Append only but for `payout`, the automatic payout that a transaction is part of.
CREATE TABLE IF NOT EXISTS balance_transactions (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  created INTEGER NOT NULL,
  available_on INTEGER NOT NULL,
  currency TEXT NOT NULL,
  type TEXT NOT NULL,
  source TEXT,
  payout TEXT,
  net INTEGER NOT NULL,
  doc BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS balance_transactions_of_source ON balance_transactions (source);
CREATE INDEX IF NOT EXISTS balance_transactions_of_payout ON balance_transactions (payout);

CREATE TABLE IF NOT EXISTS payouts (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  created INTEGER NOT NULL,
  arrival_date INTEGER NOT NULL,
  status TEXT NOT NULL,
  doc BLOB NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS customers (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  created INTEGER NOT NULL,
  email TEXT,
  deleted INTEGER NOT NULL,
  doc BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS customers_by_email ON customers (email);

CREATE TABLE IF NOT EXISTS payment_methods (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  created INTEGER NOT NULL,
  customer TEXT REFERENCES customers (id),
  type TEXT NOT NULL,
  doc BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS payment_methods_of_customer ON payment_methods (customer);

CREATE TABLE IF NOT EXISTS customer_sessions (
  secret TEXT PRIMARY KEY,
  expires INTEGER NOT NULL,
  customer TEXT NOT NULL REFERENCES customers (id),
  components BLOB NOT NULL
) STRICT;
"""


def upgrade(db: sqlite3.Connection) -> None:
    """Add the column `created` to a table of an earlier version; old idempotency keys never expire."""
    columns = {row[1] for row in db.execute("PRAGMA table_info(idempotency)")}
    if "created" not in columns:
        db.execute("ALTER TABLE idempotency ADD COLUMN created REAL NOT NULL DEFAULT 9e15")
