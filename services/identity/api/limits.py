"""The limits by address on asking for an account; their rates are settings.

Without `from __future__ import annotations`: FastAPI reads the annotations of the dependency.
"""

from fastapi import Request, Response

from chassis.limits import add_headers, client_net, rule
from identity.context import Ctx


async def limit_registrations(ctx: Ctx, request: Request, response: Response) -> None:
    """Take one of what the address may do in an hour and in a day.

    Raises:
        chassis.problems.RateLimited: one of the two is used up.
    """
    network = client_net(request)
    of_an_hour = rule("register", ctx.settings.register_address_limit)
    of_a_day = rule("register-day", ctx.settings.register_address_day_limit)
    add_headers(request, response, await ctx.limiter.enforce_all([(of_an_hour, network), (of_a_day, network)]))
