// 40 calls of Stripe's own library for Node, as a shop's back end would make them: node script.mjs URL SECRET_KEY
// Prints a line for each call, and ends with 1 at the first that is not answered as Stripe answers it.
import assert from "node:assert/strict";
import Stripe from "stripe";

const [url, key] = process.argv.slice(2);
const { protocol, hostname, port } = new URL(url);
const stripe = new Stripe(key, {
  host: hostname,
  port,
  protocol: protocol.slice(0, -1),
  maxNetworkRetries: 0,
  telemetry: false,
});
let calls = 0;

/** One call and what must be true of its answer. */
async function call(what, act, check = () => {}) {
  const answer = await act();
  calls += 1;
  check(answer);
  console.log(`${calls} ${what}`);
  return answer;
}

/** One call that must be refused. */
const refused = (what, act, type, more = {}) =>
  call(what, () => act().then(() => assert.fail(`${what} was not refused`), (error) => error), (error) => {
    assert.equal(error.type, type, error.message);
    for (const [name, value] of Object.entries(more)) assert.equal(error[name], value);
  });

const intents = stripe.paymentIntents;
const held = { amount: 4250, currency: "eur", capture_method: "manual", allowed_payment_method_types: ["card"] };
const paid = { amount: 1000, currency: "eur", confirm: true, allowed_payment_method_types: ["card"] };
const returning = { return_url: "https://shop.example/" };
const pay = (method, options) => intents.create({ ...paid, payment_method: method, ...returning }, options);

const first = await call("create", () => intents.create({ ...held, metadata: { order: "7" } }, { idempotencyKey: "n1" }),
  (intent) => {
    assert.equal(intent.status, "requires_payment_method");
    assert.ok(intent.lastResponse.requestId.startsWith("req_"));
  });
await call("create again by its key", () => intents.create({ ...held, metadata: { order: "7" } }, { idempotencyKey: "n1" }),
  (again) => {
    assert.equal(again.id, first.id);
    assert.equal(again.lastResponse.headers["idempotent-replayed"], "true");
  });
await refused("its key for something else", () => intents.create({ ...held, amount: 4251 }, { idempotencyKey: "n1" }),
  "StripeIdempotencyError");
await call("retrieve", () => intents.retrieve(first.id), (intent) => assert.equal(intent.metadata.order, "7"));
await call("update", () => intents.update(first.id, { description: "Order 7", metadata: { note: "x" } }), (intent) => {
  assert.deepEqual([intent.description, intent.metadata.order, intent.metadata.note], ["Order 7", "7", "x"]);
});
await call("update the amount", () => intents.update(first.id, { amount: 4300 }), ({ amount }) => assert.equal(amount, 4300));
await refused("confirm a declined card", () => intents.confirm(first.id, { payment_method: "pm_card_chargeDeclinedInsufficientFunds", ...returning }),
  "StripeCardError", { code: "card_declined", decline_code: "insufficient_funds" });
await call("what was declined", () => intents.retrieve(first.id), ({ last_payment_error: error }) => {
  assert.deepEqual([error.advice_code, error.network_decline_code], ["try_again_later", "51"]);
});
await call("confirm", () => intents.confirm(first.id, { payment_method: "pm_card_visa", ...returning }),
  ({ status }) => assert.equal(status, "requires_capture"));
await refused("another amount once it is held", () => intents.update(first.id, { amount: 1 }), "StripeInvalidRequestError",
  { code: "payment_intent_unexpected_state" });
await refused("capture more than is held", () => intents.capture(first.id, { amount_to_capture: 9999 }),
  "StripeInvalidRequestError", { code: "amount_too_large" });
const captured = await call("capture a part", () => intents.capture(first.id, { amount_to_capture: 4000 }, { expand: [] }),
  (intent) => assert.deepEqual([intent.status, intent.amount_received], ["succeeded", 4000]));
await refused("capture again", () => intents.capture(first.id), "StripeInvalidRequestError",
  { code: "payment_intent_unexpected_state" });
await call("expand the charge", () => intents.retrieve(first.id, { expand: ["latest_charge"] }),
  ({ latest_charge: charge }) => assert.equal(charge.amount_captured, 4000));
await call("retrieve the charge", () => stripe.charges.retrieve(captured.latest_charge),
  (charge) => assert.equal(charge.payment_intent, first.id));
await call("list the charges of an intent", () => stripe.charges.list({ payment_intent: first.id }),
  ({ data }) => assert.deepEqual(data.map(({ status }) => status), ["succeeded", "failed"]));

const second = await call("create and pay at once", () => pay("pm_card_visa"), ({ status }) => assert.equal(status, "succeeded"));
const refund = await call("refund a part", () => stripe.refunds.create({ payment_intent: second.id, amount: 300, reason: "duplicate" }),
  (made) => assert.deepEqual([made.amount, made.status], [300, "succeeded"]));
await call("refund the rest", () => stripe.refunds.create({ charge: second.latest_charge }), ({ amount }) => assert.equal(amount, 700));
await refused("refund once more", () => stripe.refunds.create({ payment_intent: second.id }), "StripeInvalidRequestError",
  { code: "charge_already_refunded" });
await call("retrieve a refund", () => stripe.refunds.retrieve(refund.id), ({ reason }) => assert.equal(reason, "duplicate"));
await call("update a refund", () => stripe.refunds.update(refund.id, { metadata: { by: "ada" } }), ({ metadata }) => assert.equal(metadata.by, "ada"));
await call("list refunds", () => stripe.refunds.list({ payment_intent: second.id }), ({ data }) => assert.equal(data.length, 2));
const pending = await call("pay with a card of pending refunds", () => pay("pm_card_pendingRefund"));
const waits = await call("a pending refund", () => stripe.refunds.create({ payment_intent: pending.id }), ({ status }) => assert.equal(status, "pending"));
await refused("cancel it, which only a refund that waits for the customer allows", () => stripe.refunds.cancel(waits.id),
  "StripeInvalidRequestError", {});

const disputed = await call("pay with a card that disputes", () => pay("pm_card_createDispute"));
const { data: [dispute] } = await call("list disputes", () => stripe.disputes.list({ payment_intent: disputed.id }),
  ({ data }) => assert.equal(data[0].status, "needs_response"));
await call("retrieve a dispute", () => stripe.disputes.retrieve(dispute.id), ({ evidence_details: { due_by: due } }) => assert.ok(due > Date.now() / 1000));
await call("keep evidence", () => stripe.disputes.update(dispute.id, { evidence: { customer_name: "Ada" }, submit: false }),
  ({ status, evidence_details: details }) => assert.deepEqual([status, details.submission_count], ["needs_response", 0]));
await call("submit evidence", () => stripe.disputes.update(dispute.id, { evidence: { uncategorized_text: "winning_evidence" } }),
  ({ status }) => assert.equal(status, "under_review"));
await call("accept it after all", () => stripe.disputes.close(dispute.id), ({ status }) => assert.equal(status, "lost"));
const warned = await call("pay with a card that is warned of", () => pay("pm_card_createIssuerFraudRecord"));
await call("list early fraud warnings", () => stripe.radar.earlyFraudWarnings.list({ payment_intent: warned.id }),
  ({ data }) => assert.equal(data[0].actionable, true));

const third = await call("create to cancel", () => intents.create(held));
await call("cancel", () => intents.cancel(third.id, { cancellation_reason: "abandoned" }), ({ status }) => assert.equal(status, "canceled"));
await call("list and page by itself", () => intents.list({ limit: 2 }).autoPagingToArray({ limit: 5 }), (all) => assert.equal(all.length, 5));
const { data: [event] } = await call("list events", () => stripe.events.list({ type: "charge.dispute.closed" }),
  ({ data }) => assert.equal(data[0].data.object.id, dispute.id));
await call("the account", () => stripe.accounts.retrieveCurrent(), ({ charges_enabled: enabled }) => assert.equal(enabled, true));
await refused("a parameter that is none", () => intents.create({ ...held, colour: "red" }), "StripeInvalidRequestError", { code: "parameter_unknown" });

const payload = JSON.stringify(event);
const header = stripe.webhooks.generateTestHeaderString({ payload, secret: "whsec_x" });
assert.equal(stripe.webhooks.constructEvent(payload, header, "whsec_x").id, event.id);
assert.equal(calls, 40);
