"""What the names in the API of payments mean."""

from __future__ import annotations

from chassis.web import Glossary

GLOSSARY = Glossary(
    terms={
        "account": "The ledger's account",
        "answerable": "Whether evidence is waited for",
        "amount": "Of the whole payment",
        "applied_at": "When it took effect here, in UTC; null: not yet",
        "balance": "Debits less credits",
        "cancel_reason": "Why it was cancelled; null while it is not",
        "captured_at": "When the money was taken, in UTC; null while it is not",
        "cases": "Refunds, disputes and warnings of fraud, as Stripe has them, oldest first",
        "credits": "All that was entered as credit",
        "debits": "All that was entered as debit",
        "decline_message": "What the bank said, for people",
        "history": "The webhooks that named it, oldest first",
        "kind": "What happened to the money",
        "ledger": "Its entries in the ledger, oldest first",
        "occurred_at": "When it was entered, in UTC",
        "order_id": "The order's id",
        "outcome": "What it did here; null: not yet applied",
        "payment_id": "The payment's id",
        "publishable_key": "For Stripe.js: it may be seen by everybody",
        "reason": "Stripe's word for why; null where it gives none",
        "received": "That we have it",
        "received_at": "When it came in, in UTC",
        "side": "`debit` or `credit`",
        "status": "Where the payment is on its way: `captured` and `cancelled` are final",
        "Stripe-Signature": "Made by Stripe over the body",
        "CaseView.amount": "Sent back, in dispute, or doubted",
        "LedgerLine.amount": "Of this side",
        "transaction_id": "The id of the ledger's transaction, both sides of which bear it",
        "type": "Stripe's name of the event",
    },
    examples={
        "order_id": "0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c02",
        "payment_id": "0199a5d0-1f3c-7b7a-9d53-0c8f6d2f4a11",
        "Stripe-Signature": "t=1764320000,v1=5257a869e7ecebeda32affa62cdca3fa51cad7e77a0e56ff536d0ce8e108d8bd",
    },
    bodies={
        "Evidence": {"text": "The parcel was delivered on 2026-11-21; the signature is the customer's."},
        "NewReceipt": {"amount": {"amount": 4200, "currency": "EUR"}, "reference": "2026-11-28 SEPA 0042"},
    },
)
