// A person's way through the shop, in a real browser, against a running store with the demo shop and the Stripe double.
// node walk.mjs [http://localhost:8080] [step...]; SHOTS=folder keeps a picture of every page.
import assert from "node:assert/strict";
import { open } from "./browser.mjs";
import { answered, hands } from "./hands.mjs";
import { listen } from "./looking.mjs";
import * as account from "./steps/account.mjs";
import * as browsing from "./steps/browsing.mjs";
import * as buying from "./steps/buying.mjs";
import * as paying from "./steps/paying.mjs";
import * as staying from "./steps/staying.mjs";

const STEPS = [
  browsing.keyboard,
  browsing.browse,
  browsing.isSuggested,
  browsing.pictureFails,
  browsing.shopFails,
  browsing.readsTheTexts,
  browsing.inGerman,
  browsing.withoutScripts,
  staying.staysInPlace,
  staying.paintsSoon,
  buying.guestBuys,
  buying.answerIsLost,
  buying.priceRises,
  paying.declinesThenPays,
  paying.bankAsks,
  paying.paysByKeys,
  paying.answerOfTheBankIsLost,
  paying.networkIsGone,
  paying.scriptIsBlocked,
  paying.paymentOpensLate,
  paying.paysTwice,
  paying.cancelsWhileTyping,
  paying.comesBackFromABank,
  paying.onlyThePayPageRunsTheScript,
  account.joins,
  account.wantsToLeave,
  account.changesTheirMind,
  account.leavesAndReturns,
  account.forgetsThePassword,
  browsing.getsLost,
  account.paysAsCustomer,
  account.ordersAgain,
  account.asksForTheirData,
  account.looksAfterTheAccount,
];

const [address, ...only] = process.argv.slice(2);
const base = (address ?? process.env.STORE_URL ?? "http://localhost:8080").replace(/\/$/, "");
const complaints = [];
const browser = await open();
const context = await browser.newContext({ ...answered(base), locale: "en-GB", ignoreHTTPSErrors: true });
context.setDefaultTimeout(20_000);
const page = await context.newPage();
// The browser itself reports every 4xx and every script that a policy stops; these are what the walk asks for.
const asked = (text, url) =>
  (/net::ERR_FAILED|status of (400|401|402|404|409|422)/.test(text) && /\/(api|js|v1)\//.test(url)) ||
  (/status of 404/.test(text) && /\/(gossip|no-such-thing|nowhere)$/.test(url)) ||
  (/status of 403/.test(text) && /\/password$/.test(url)) ||
  (/status of 503/.test(text) && /\/payment$/.test(url)) ||
  (/Content Security Policy/.test(text) && /\?probe/.test(text));
listen(page, complaints, asked);

const walk = {
  page,
  context,
  base,
  me: { email: `walker-${Date.now()}@example.com`, password: "a lamp beside the stairs" },
  handsOf: (other) => hands(other, base),
  ...hands(page, base),
};

try {
  for (const step of STEPS.filter(({ name }) => !only.length || only.includes(name))) {
    console.log(step.name);
    await step(walk);
  }
  assert.deepEqual(complaints, [], "the browser complained");
  console.log("The walk is done.");
} catch (error) {
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/failed.png` });
  console.error(`Stopped at ${page.url()}`);
  console.error(complaints.join("\n"));
  console.error(error);
  process.exitCode = 1;
} finally {
  await browser.close();
}
