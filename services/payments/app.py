"""The service payments."""

from __future__ import annotations

from chassis.service import create_service
from payments.api import admin, internal, public
from payments.clients import provider_open
from payments.glossary import GLOSSARY
from payments.jobs import jobs
from payments.settings import PaymentsSettings

app = create_service(
    "payments",
    settings=PaymentsSettings,
    routers=[public.router, admin.router, internal.router],
    jobs=jobs,
    on_start=provider_open,
    glossary=GLOSSARY,
)
