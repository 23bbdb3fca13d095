"""What the names in identity's API mean."""

from __future__ import annotations

from chassis.web import Glossary

_PASSWORD = "correct horse battery staple"  # noqa: S105 -- everybody's example

GLOSSARY = Glossary(
    terms={
        "account": "Who is signed in",
        "account_id": "The account's id",
        "email": "Where mails go; it tells accounts apart",
        "keys": "JSON Web Keys",
        "last_used_at": "When its access token was refreshed last, in UTC",
        "name": "As they want to be called",
        "password": "As it was chosen; it is taken as it is",
        "roles": "What the account may do here: `customer` shops, the others are staff",
        "session_id": "The session's id",
        "status": "A `disabled` account cannot be signed in to",
        "token": "From the link in the mail",
        "token_type": "The scheme of the header `Authorization`",
        "user_agent": "The browser, as it names itself",
    },
    examples={
        "account_id": "0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c03",
        "list_accounts.email": "ada@example.com",
        "session_id": "0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c04",
    },
    bodies={
        "Confirmation": {"token": "0" * 32 + "." + "A" * 43, "password": _PASSWORD, "name": "Ada Lovelace"},
        "Registration": {"email": "ada@example.com"},
        "Roles": {"roles": ["customer"]},
        "SignIn": {"email": "ada@example.com", "password": _PASSWORD},
        "AccountStatus": {"status": "active"},
    },
)
