// An account: made by a mailed link, used, left and returned to.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
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
  await page.getByRole("link", { name: /^Account/ }).waitFor();
  await follow("Check out");
}

/** Before anything is ordered: the end of the account, and its undoing. */
export async function wantsToLeave({ page, base, heading, press }) {
  await page.goto(`${base}/account`);
  await press("Delete my account");
  await page.getByText(/^Your account is deleted on /).waitFor();
  await look(page, "account-ending");
  await press("Keep my account");
  await page.getByRole("button", { name: "Delete my account" }).waitFor();
  await page.goto(`${base}/checkout`);
  await heading("Check out");
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

async function signsOut({ page, base, press }) {
  await page.goto(`${base}/account`);
  await press("Sign out", { exact: true });
  await page.waitForURL(`${base}/`);
  await page.locator("#account-link").getByText("Sign in").waitFor();
}

export async function leavesAndReturns({ page, base, context, me, press }) {
  await page.goto(`${base}/orders`);
  await page.getByText("Cancelled", { exact: true }).waitFor();
  await look(page, "orders");
  await signsOut({ page, base, press });
  const kept = (await context.cookies()).map(({ name }) => name).filter((name) => name.startsWith("__Host-"));
  assert.deepEqual(kept, ["__Host-device"], "who signs out leaves a browser that is known, and nothing else");
  await page.goto(`${base}/sign-in?next=/.//other.example/orders`); // no address of this shop
  await page.getByLabel("E-mail address").fill(me.email);
  await page.getByLabel("Password").fill("not the password");
  await press("Sign in");
  await page.getByText("The e-mail address or the password is not right.").waitFor();
  await look(page, "sign-in");
  await page.getByLabel("Password").fill(me.password);
  await press("Sign in");
  await page.waitForURL(`${base}/`);
  await page.goto(`${base}/orders`);
  await page.getByText("Cancelled", { exact: true }).waitFor();
}

/** Loses the password, and chooses another one by the mailed link. */
export async function forgetsThePassword(walk) {
  const { page, base, me, heading, press, follow } = walk;
  await signsOut(walk);
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
  await page.waitForURL(`${base}/`);
  await page.getByRole("link", { name: /^Account/ }).waitFor();
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

/** What an order held goes into the cart again, once however often it is pressed. */
export async function ordersAgain({ page, base, heading, press }) {
  await page.goto(`${base}/orders`);
  await page.locator(".orders li", { hasText: "Paid" }).first().getByRole("link").click();
  await heading("Thank you. It is yours.");
  const titles = await page.locator(".lines .what > a").allInnerTexts();
  await press("Order it again");
  await heading("Your cart");
  assert.deepEqual(await page.locator(".lines .what > a").allInnerTexts(), titles);
  await page.goBack();
  await press("Order it again");
  await heading("Your cart");
  assert.equal(await page.locator(".amount input").first().inputValue(), "1");
  await page.goBack();
  await heading("Thank you. It is yours.");
  await page.goto(`${page.url()}/return`);
  await heading("Nothing can be sent back"); // none of it has left the shop
  await look(page, "return-nothing");
}

/** A copy of their data, for which the shop asks once more who they are. With an open order the account stays. */
export async function asksForTheirData({ page, base, me, press }) {
  let asked = false; // as if the sign-in were longer ago
  await page.route("**/accounts/me/exports", (route) => {
    if (asked || route.request().method() !== "POST") return route.continue();
    asked = true;
    return route.fulfill({ status: 401, contentType: "application/problem+json", json: { type: "step-up-required" } });
  });
  await page.goto(`${base}/account`);
  await press("Ask for a copy of my data");
  const password = page.getByLabel("Your password, once more");
  await password.fill("not the password");
  await press("Go on");
  await page.getByText("The e-mail address or the password is not right.").waitFor();
  await look(page, "account-sure");
  await password.fill(me.password);
  await press("Go on");
  await page.getByText(/^Copy of /).waitFor();
  await page.unroute("**/accounts/me/exports");
  const download = page.getByRole("button", { name: "Download" });
  for (let tries = 0; tries < 60 && !(await download.count()); tries += 1) {
    await page.reload();
    await page.getByText(/^Copy of /).waitFor();
  }
  const [file] = await Promise.all([page.waitForEvent("download"), download.click()]);
  assert.equal(file.suggestedFilename(), "my-data.html");
  assert.ok(readFileSync(await file.path(), "utf8").includes(me.email));
  await press("Delete my account");
  await page.getByText("The account cannot be deleted").waitFor(); // what was paid is not sent yet
  await look(page, "account-blocked");
}

/** An address that the checkout suggests, where one is signed in, and another password. */
export async function looksAfterTheAccount({ page, base, me, heading, press }) {
  await page.goto(`${base}/account`);
  await heading("Your account");
  await press("Add an address");
  await page.getByLabel("Country").selectOption("DE");
  await page.getByLabel("Full name").fill("Ada Lovelace");
  await page.getByLabel("Street and number").fill("Unter den Linden 1");
  await page.getByLabel("Postcode").fill("10117");
  await page.getByLabel("Town or city").fill("Berlin");
  await press("Keep this address");
  await press(/^Suggest at the checkout/);
  await page.getByText("Suggested at the checkout").waitFor();
  await page.getByText("This one").waitFor();
  await look(page, "account");
  await page.goto(`${base}/checkout`);
  await heading("Check out");
  assert.equal(await page.getByLabel("Street and number").inputValue(), "Unter den Linden 1");
  await page.goto(`${base}/account`);
  await press(/^Delete: /);
  await page.getByText("Unter den Linden").waitFor({ state: "detached" });
  await page.getByText("Choose another password").click();
  await page.getByLabel("Present password").first().fill("not the password");
  await page.getByLabel("New password").fill(`${me.password} again`);
  await press("Keep this password");
  await page.getByText("Your present password is not right.").waitFor();
  await look(page, "account-password");
  await page.getByLabel("Present password").first().fill(me.password);
  await press("Keep this password");
  await heading("Sign in");
}
