// An account: made by a mailed link, used, left and returned to.
import assert from "node:assert/strict";
import { look } from "../looking.mjs";
import { address } from "./buying.mjs";

/** The link to such a page in the mail to somebody, from the mailbox of the laptop's store. */
async function mailedLink({ context, base }, email, page) {
  const wanted = new RegExp(`\\S+/account/${page}#\\S+`);
  for (let tries = 0; tries < 100; tries += 1) {
    const answer = await context.request.get(`${base}/mail/api/messages?to=${encodeURIComponent(email)}`);
    const link = wanted.exec((await answer.json()).items.map(({ text }) => text).join("\n"));
    if (link) return link[0];
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`no mail to ${email} holds a link`);
}

export async function joins(walk) {
  const { page, base, me, choose, follow, heading, press } = walk;
  await choose();
  await page.goto(`${base}/sign-up?next=/cart`);
  await page.getByLabel("E-mail address").fill(me.email);
  await look(page, "sign-up");
  await press("Send me the link");
  await page
    .getByText(/Check your mail|too fast/)
    .first()
    .waitFor();
  assert.ok(!(await page.getByText(/too fast/).count()), "the shop takes five such wishes an hour: walk again later");
  assert.equal(await page.evaluate(() => document.activeElement?.localName), "h1", "what comes next is at the heading");
  await look(page, "sign-up-sent");
  const link = await mailedLink(walk, me.email, "confirm");
  await page.goto(`${base}/account/confirm`);
  await heading("This link is not whole");
  await look(page, "confirm-broken");
  await page.goto(link);
  await heading("Confirm your address");
  assert.ok(!page.url().includes("#"), "the link's secret is gone from the address bar");
  await page.reload();
  await page.getByLabel("Choose a password").fill("12345678");
  await press("Make my account");
  await page.locator("#password[aria-invalid=true]").waitFor();
  await look(page, "confirm");
  await page.getByLabel("Choose a password").fill(me.password);
  await press("Make my account");
  await heading("Your cart");
  assert.equal(await page.locator(".lines > li").count(), 1, "the guest's cart came along");
  await page.reload();
  await page.getByRole("button", { name: "Sign out" }).waitFor();
  await follow("Check out");
}

export async function changesTheirMind(walk) {
  const { page, me, heading, press, pay } = walk;
  await address(walk, me.email);
  await pay("4000 0000 0000 0002");
  await page.getByText("Your bank did not agree to this payment.").waitFor();
  await page.getByRole("link", { name: /without paying/ }).click();
  await heading("Waiting for your payment");
  await look(page, "order-open");
  await press("Cancel the order");
  await heading("This order was cancelled");
  await look(page, "order-cancelled");
}

export async function leavesAndReturns({ page, base, context, me, press }) {
  await page.goto(`${base}/orders`);
  await page.getByText("Cancelled", { exact: true }).waitFor();
  await look(page, "orders");
  await press(/^Sign out/);
  await page.getByRole("link", { name: "Sign in" }).first().waitFor();
  const kept = (await context.cookies()).map(({ name }) => name).filter((name) => name.startsWith("__Host-"));
  assert.deepEqual(kept, ["__Host-device"], "who signs out leaves a browser that is known, and nothing else");
  await page.goto(`${base}/sign-in?next=/orders`);
  await page.getByLabel("E-mail address").fill(me.email);
  await page.getByLabel("Password").fill("not the password");
  await press("Sign in");
  await page.getByText("The e-mail address or the password is not right.").waitFor();
  await look(page, "sign-in");
  await page.getByLabel("Password").fill(me.password);
  await press("Sign in");
  await page.getByText("Cancelled", { exact: true }).waitFor();
}

/** Loses the password, and chooses another one by the mailed link. */
export async function forgetsThePassword(walk) {
  const { page, base, me, heading, press, follow } = walk;
  await press(/^Sign out/);
  await page.goto(`${base}/sign-in?next=/orders`);
  await follow("Your password is lost?");
  await page.getByLabel("E-mail address").fill(me.email);
  await look(page, "forgotten");
  await press("Send me the link");
  await heading("Check your mail");
  await look(page, "forgotten-sent");
  await page.goto(`${base}/account/reset`);
  await heading("This link is not whole");
  await page.goto(await mailedLink(walk, me.email, "reset"));
  await heading("Choose a new password");
  assert.ok(!page.url().includes("#"), "the link's secret is gone from the address bar");
  me.password = `${me.password} anew`;
  await page.getByLabel("New password").fill(me.password);
  await look(page, "reset");
  await press("Keep this password");
  await heading("Sign in");
  await page.getByLabel("E-mail address").fill(me.email);
  await page.getByLabel("Password").fill(me.password);
  await press("Sign in");
  await page.getByRole("button", { name: /^Sign out/ }).waitFor();
  for (const address of ["email", "take-back", "invitation"]) {
    await page.goto(`${base}/account/${address}`);
    await heading("This link is not whole");
  }
}

/** With every kind of card, signed in. */
export async function paysAsCustomer({ page, base, me, order, pay, bank, heading }) {
  await order(me.email);
  await pay("4000 0000 0000 9995");
  await page.getByText("There is not enough money on this card.").waitFor();
  await pay("4000 0027 6000 3184");
  await bank().getByRole("button", { name: "Fail it" }).click();
  await page.getByText("Your bank could not confirm that it is you.").waitFor();
  await pay("4000 0027 6000 3184");
  await bank().getByRole("button", { name: "Approve the payment" }).click();
  await heading("Thank you. It is yours.");
  await page.goto(`${base}/orders`);
  await page.getByText("Paid", { exact: true }).first().waitFor();
}
