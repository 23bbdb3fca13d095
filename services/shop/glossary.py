"""What the names in the API of shop mean."""

from __future__ import annotations

from chassis.web import Glossary

_PROFILE = {
    "name": "Tide & Fifth",
    "logo_url": "https://cdn.example.com/logo.svg",
    "colours": {"primary": "#2a5c4d", "accent": "#c8553d", "background": "#ffffff"},
    "currencies": ["EUR"],
    "languages": ["en", "de"],
    "time_zone": "Europe/Berlin",
    "mail_sender": {"name": "Tide & Fifth", "reply_to": "hello@example.com"},
    "seller": {
        "name": "Tide & Fifth GmbH",
        "address": ["Torstr. 1", "10115 Berlin", "Germany"],
        "vat_id": "DE136695976",
        "email": "hello@example.com",
        "registration": "Amtsgericht Charlottenburg HRB 1",
    },
}
_WEBHOOK = {
    "url": "https://erp.example.com/hooks/mercat",
    "title": "ERP",
    "types": ["order.paid", "order.refunded"],
}

GLOSSARY = Glossary(
    terms={
        "created_at": "When it was made, in UTC",
        "id": "Its id",
        "message_id": "The message's id, which stays the same when it is sent again",
        "updated_at": "When it last changed, in UTC",
        "version": "Counts its changes: send the one that you read",
    },
    examples={
        "message_id": "0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c0c",
        "id": "0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c0a",
        "made_by": "0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c03",
    },
    bodies={
        "ProfileChange": {**_PROFILE, "version": 1},
        "NewApiKey": {"title": "Warehouse", "scopes": ["catalog:read", "orders:read"]},
        "NewWebhook": _WEBHOOK,
        "WebhookChange": {**_WEBHOOK, "status": "on", "version": 1},
        "SecretChange": {"version": 1},
        "PolicyChange": {"title": "Returns", "body": "You have 30 days to send things back."},
    },
)
