// The pay page: every kind of card, by mouse and by keys, and all that can go wrong on the way.
import assert from "node:assert/strict";
import { look } from "../looking.mjs";

const OK = "4242 4242 4242 4242";
const NO_FUNDS = "4000 0000 0000 9995";
const THREE_D_SECURE = "4000 0027 6000 3184";

const THANKS = "Thank you. It is yours.";

export async function declinesThenPays({ page, me, order, pay, heading }) {
  await order(`decline-${me.email}`);
  await look(page, "pay");
  await page.locator("#pay").click();
  await page.getByText("Your card number is incomplete.").first().waitFor();
  for (const [card, said] of [
    [NO_FUNDS, "There is not enough money on this card."],
    ["4000 0000 0000 0069", "This card has expired."],
    ["4000 0000 0000 0127", "The security code is not right."],
    ["4000 0000 0000 0119", "The bank could not deal with this right now."],
    ["4000 0000 0000 0002", "Your bank did not agree to this payment."],
  ]) {
    await pay(card);
    await page.getByRole("alert").getByText(said).waitFor();
  }
  await page.waitForFunction(() => document.activeElement?.getAttribute("role") === "alert");
  await look(page, "pay-declined");
  await pay(OK);
  await heading(THANKS);
}

export async function bankAsks({ page, me, order, pay, bank, heading }) {
  await order(`bank-${me.email}`);
  await pay(THREE_D_SECURE);
  await bank().getByRole("button", { name: "Approve the payment" }).waitFor();
  await look(page, "pay-bank");
  await bank().getByRole("button", { name: "Fail it" }).click();
  await page.getByText("Your bank could not confirm that it is you.").waitFor();
  await look(page, "pay-bank-refused");
  await pay(THREE_D_SECURE);
  await bank().getByRole("button", { name: "Approve the payment" }).click();
  await heading(THANKS);
}

export async function paysByKeys({ page, me, order, heading }) {
  await order(`keys-${me.email}`);
  await page.locator("main h1").evaluate((title) => ((title.tabIndex = -1), title.focus()));
  await page.keyboard.press("Tab"); // into the frame
  await page.keyboard.type("4242424242424242");
  await page.keyboard.press("Tab");
  await page.keyboard.type("1234");
  await page.keyboard.press("Tab");
  await page.keyboard.type("123");
  await page.keyboard.press("Tab"); // the test cards
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement?.id), "pay", "keys lead to the button");
  await page.keyboard.press("Enter");
  await heading(THANKS);
}

/** The answer to the confirmation never comes, though the bank has agreed: the page asks, and never says "failed". */
export async function answerOfTheBankIsLost({ page, me, order, pay, heading }) {
  await order(`unknown-${me.email}`);
  await page.route("**/v1/payment_intents/*/confirm", async (route) => {
    await route.fetch();
    await route.abort();
  });
  await pay(OK);
  await heading(THANKS);
  await page.unroute("**/v1/payment_intents/*/confirm");
}

/** Nothing reaches Stripe, and nothing comes back. */
export async function networkIsGone({ page, me, order, pay, press, heading }) {
  await order(`gone-${me.email}`);
  await page.route("**/v1/payment_intents/**", (route) => route.abort());
  await pay(OK);
  await page.getByText("we cannot tell yet whether your payment went through").waitFor();
  assert.equal(await page.getByText("failed").count(), 0, "an unknown is no failure");
  await look(page, "pay-unknown");
  await page.unroute("**/v1/payment_intents/**");
  await press("Ask again");
  await page.getByText("Your payment has not arrived").waitFor();
  await pay(OK);
  await heading(THANKS);
}

export async function scriptIsBlocked({ page, base, me, choose, fillAddress, press, pay, heading }) {
  await page.route("**/js/stripe.js", (route) => route.abort());
  await choose();
  await page.goto(`${base}/checkout`);
  await fillAddress(`blocked-${me.email}`);
  await press("Place the order and pay");
  await page.getByText("The card form could not be shown.").waitFor();
  await look(page, "pay-blocked");
  await page.unroute("**/js/stripe.js");
  await press("Try again");
  await pay(OK);
  await heading(THANKS);
}

/** The shop opens the payment a moment later, and a part of it is away meanwhile: the page waits by itself. */
export async function paymentOpensLate({ page, me, order, pay, heading }) {
  const away = { status: 503, contentType: "application/problem+json", json: { type: "dependency-unavailable" } };
  const notice = "Payment is not available just now.";
  const answers = [away, { json: { status: "placed", payment: null, payment_notice: notice } }];
  await page.route("**/api/v1/orders/*/payment", (route) => {
    const answer = answers.shift();
    return answer ? route.fulfill(answer) : route.continue();
  });
  const told = page.getByRole("alert").getByText(notice).waitFor();
  await order(`late-${me.email}`);
  await told;
  assert.equal(answers.length, 0, "the page asks until the payment is there");
  await page.unroute("**/api/v1/orders/*/payment");
  await pay(OK);
  await heading(THANKS);
}

/** Two tabs, each pressed twice: one payment. */
export async function paysTwice({ page, context, me, order, type, heading, handsOf }) {
  await order(`twice-${me.email}`);
  const second = await context.newPage();
  await second.goto(page.url());
  const other = handsOf(second);
  await type(OK);
  await other.type(OK);
  await Promise.all([page.locator("#pay").dblclick(), second.locator("#pay").dblclick()]);
  await heading(THANKS);
  await other.heading(THANKS);
  await second.close();
}

/** In another tab the order is given up while its card is being typed. */
export async function cancelsWhileTyping({ page, context, me, order, type, heading, handsOf }) {
  await order(`cancel-${me.email}`);
  await type(OK);
  const second = await context.newPage();
  await second.goto(page.url().replace(/\/pay$/, ""));
  const other = handsOf(second);
  await other.press("Cancel the order");
  await other.heading("This order was cancelled");
  await second.close();
  await heading("This order was cancelled"); // without a button pressed here
}

/** A bank's page of its own leads back with a secret in the address. */
export async function comesBackFromABank({ page, me, order, heading }) {
  await order(`back-${me.email}`);
  const pay = page.url();
  const added = "payment_intent=pi_1&payment_intent_client_secret=pi_1_secret_2&redirect_status=failed";
  await page.goto(`${pay}?${added}`);
  await page.getByText("Your payment has not arrived").waitFor();
  assert.equal(page.url(), pay, "the secret is gone from the address bar");
  await page.goto(pay.replace(/\/pay$/, ""));
  await heading("Waiting for your payment");
  await page.getByRole("button", { name: "Cancel the order" }).click();
  await heading("This order was cancelled");
}

/** No page but the pay page can run a script of the provider, however it was come to. */
export async function onlyThePayPageRunsTheScript({ page, base, me, order, press, heading }) {
  await order(`policy-${me.email}`);
  const script = await page.evaluate(async () => (await fetch("/api/v1/payments/configuration")).json());
  const runs = () =>
    page.evaluate(
      (src) =>
        new Promise((resolve) => {
          const element = Object.assign(document.createElement("script"), {
            src: `${src}?probe`,
            onload: () => resolve(true),
          });
          element.onerror = () => resolve(false);
          document.head.append(element);
        }),
      script.script_url,
    );
  assert.equal(await runs(), true, "the pay page runs it");
  await page.getByRole("link", { name: /without paying/ }).click();
  await heading("Waiting for your payment");
  assert.equal(await runs(), false, "the order's page does not, though the pay page led to it");
  await page.getByRole("link", { name: /^Pay/ }).click();
  await heading(/^Pay/);
  assert.equal(await runs(), true, "the pay page runs it, though the order's page led to it");
  await page.locator("a.brand").click();
  await page.locator(".wall").first().waitFor();
  assert.equal(await runs(), false, "the shelf does not");
  for (const path of ["/checkout", "/cart", "/sign-in", "/orders"]) {
    await page.goto(base + path);
    await page.locator("main h1").waitFor();
    assert.equal(await runs(), false, `${path} does not`);
  }
  await page.goto(`${base}/orders`);
  await page.getByText("Not paid yet").first().waitFor();
  await page.locator(".orders h2 a").first().click();
  await press("Cancel the order");
  await heading("This order was cancelled");
}
