"""Send one message to one endpoint, and write what became of it."""

from __future__ import annotations

from chassis import audit
from chassis.resilience import failpoints
from shop.context import ShopContext
from shop.webhooks import metrics
from shop.webhooks.client import Answer, WebhookClient
from shop.webhooks.domain.retries import pause_after
from shop.webhooks.domain.signature import secret, signature
from shop.webhooks.store import deliveries, endpoints
from shop.webhooks.store.deliveries import Claimed, Outcome
from shop.webhooks.store.endpoints import Endpoint

GONE = 410


async def deliver(
    ctx: ShopContext, client: WebhookClient, key: bytes, endpoint: Endpoint, message: Claimed, now: int
) -> None:
    """Where the process dies after the receiver took it, it is sent again: receivers know a repeat by its id."""
    secrets = [secret(key, endpoint.id, number) for number in endpoint.secret_numbers]
    message_id = f"msg_{message.message_id.hex}"
    headers = {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(now),
        "webhook-signature": signature(secrets, message_id, now, message.body),
    }
    answer = await client.send(endpoint.url, headers, message.body)
    await failpoints.point("webhooks.sent")
    outcome = outcome_of(answer, message.tries)
    metrics.tries.inc("taken" if outcome.taken else "failed" if outcome.again_in is None else "again")
    async with ctx.db.write() as tx:
        if not await endpoints.hold(tx, endpoint.id) or not await deliveries.end_try(tx, message, outcome):
            return
        if outcome.taken:
            await endpoints.worked(tx, endpoint.id)
            return
        reason = "gone" if answer.status == GONE else "failing" if await endpoints.failed(tx, endpoint.id) else None
        if reason is not None and await endpoints.switch_off(tx, endpoint.id, reason):
            metrics.switched_off.inc(reason)
            await audit.record(tx, "webhook.switched_off", f"webhook:{endpoint.id}", after={"reason": reason})


def outcome_of(answer: Answer, tries: int) -> Outcome:
    """What an answer means after so many tries: any 2xx is taken, all else is tried again until the tries are over."""
    if answer.status is not None and 200 <= answer.status < 300:
        return Outcome(taken=True, status=answer.status)
    return Outcome(taken=False, status=answer.status, error=answer.error, again_in=pause_after(tries))
