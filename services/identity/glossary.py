"""What the names in identity's API mean."""

from __future__ import annotations

from chassis.web import Glossary

_PASSWORD = "correct horse battery staple"  # noqa: S105 -- everybody's example

GLOSSARY = Glossary(
    terms={
        "address_id": "The address's id",
        "account": "Who is signed in",
        "account_id": "The account's id",
        "email": "Where mails go; it tells accounts apart",
        "export_id": "The export's id",
        "code": "Six digits of the application, or a recovery code",
        "invitation": "The invitation that was made",
        "note_id": "The note's id",
        "group_id": "The group's id",
        "invitation_id": "The invitation's id",
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
        "note_id": "0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c07",
        "group_id": "0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c08",
        "list_accounts.group": "0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c08",
        "invitation_id": "0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c06",
        "address_id": "0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c06",
        "account_id": "0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c03",
        "export_id": "0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c10",
        "list_accounts.email": "ada@example.com",
        "session_id": "0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c04",
    },
    bodies={
        "Acceptance": {"token": "0" * 32 + "." + "A" * 43, "password": _PASSWORD, "name": "Ada Lovelace"},
        "AccountLanguage": {"language": "de"},
        "Code": {"code": "492039"},
        "MailTemplateChange": {"subject": "Welcome", "body": "Hello,\n\n[Confirm my address]($confirm)"},
        "NewInvitation": {"email": "ada@example.com", "roles": ["support"]},
        "NewRole": {"about": "Packs and sends parcels", "scopes": ["orders:read", "orders:write"]},
        "Confirmation": {"token": "0" * 32 + "." + "A" * 43, "password": _PASSWORD, "name": "Ada Lovelace"},
        "AddressFields": {
            "country": "GB",
            "name": "Ada Lovelace",
            "line1": "12 St James's Square",
            "city": "London",
            "postal_code": "SW1Y 4LE",
            "default_shipping": True,
        },
        "EmailChangeRequest": {"email": "ada@new.example.com", "password": _PASSWORD},
        "LinkUse": {"token": "0" * 32 + "." + "A" * 43},
        "PasswordChange": {"current_password": _PASSWORD, "password": "nine purple otters sing"},
        "PasswordResetCompletion": {"token": "0" * 32 + "." + "A" * 43, "password": "nine purple otters sing"},
        "PasswordResetRequest": {"email": "ada@example.com"},
        "Registration": {"email": "ada@example.com"},
        "Roles": {"roles": ["customer"]},
        "StepUp": {"password": _PASSWORD},
        "SignIn": {"email": "ada@example.com", "password": _PASSWORD},
        "AccountStatus": {"status": "active"},
    },
)
