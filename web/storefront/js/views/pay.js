// @ts-check
/** Where an order is paid: what for, how much, and the card form. Its document alone may run the script of the card form. */
import { query as queryOf } from "../api.js";
import { loadStripe } from "../card_script.js";
import { h } from "../dom.js";
import { money } from "../money.js";
import { readOrder } from "../orders.js";
import { address } from "../page.js";
import { outcome, payPath, tidyAddress } from "../pay.js";
import { ask, pay } from "../paying.js";
import { openedPayment, readConfiguration } from "../payments.js";
import { blockedNotice, showCardForm } from "../parts/card_form.js";
import { payDesk } from "../parts/pay_desk.js";
import { ended, payable, standing } from "../parts/standing.js";
import { bones } from "../parts/states.js";
import { mini, sums } from "../parts/sums.js";
import { asProblem, Problem } from "../problem.js";
import { language, t } from "../texts.js";
import { reach, travels } from "../view.js";
import { follow } from "./following.js";

/** @typedef {import("../orders.js").Order} Order */
/** @typedef {import("../parts/pay_desk.js").Desk} Desk */
/** @typedef {{ order: Order, desk: Desk, words: string, said: string | null, signal: AbortSignal }} Visit */

/** @param {import("../view.js").Visit} visit */
export async function view({ id, query, signal }) {
  const said = outcome(query);
  tidyAddress();
  const order = await readOrder(id, signal).catch(unknown);
  if (!order || !payable(order)) {
    leave(id, said); // the order's own page says what there is to say
    return { title: t("Pay"), node: bones() };
  }
  reach("pay");
  const words = t("Pay {amount}", { amount: money(order.total) });
  const desk = payDesk();
  const visit = { order, desk, words, said, signal };
  travels.addEventListener("arrived", () => open(visit), { once: true, signal });
  follow(id, signal, false, order, (now) => {
    if (!payable(now) && (!desk.busy() || ended(now))) leave(id, null); // paid elsewhere, cancelled, or out of time
  });
  return { title: t("Pay for order {number}", { number: order.number }), node: page(order, words, desk.node) };
}

/** @param {unknown} problem @returns {null} for an order that is not to be seen here */
function unknown(problem) {
  if (problem instanceof Problem && (problem.status === 404 || problem.status === 422)) return null;
  throw problem;
}

/** To the order's page. @param {string} id @param {string | null} said */
const leave = (id, said) =>
  location.replace(address(`/orders/${encodeURIComponent(id)}${queryOf({ redirect_status: said })}`));

/** @param {Order} order @param {string} words @param {Node} desk */
function page(order, words, desk) {
  return h(
    "div",
    {},
    h("p", { class: "eyebrow" }, t("Order {number}", { number: order.number })),
    h("h1", {}, words),
    h("p", { class: "soft" }, standing(order).text),
    h(
      "div",
      { class: "two" },
      desk,
      h(
        "aside",
        { class: "sums", "aria-labelledby": "what-for" },
        h("h2", { id: "what-for" }, t("What you pay for")),
        mini(order.lines),
        sums(order),
        h(
          "p",
          { class: "small" },
          h("a", { href: address(`/orders/${encodeURIComponent(order.id)}`) }, t("Back to the order without paying")),
        ),
      ),
    ),
  );
}

/** The API says it in English. @param {string} notice */
const inWords = (notice) =>
  language === "en" ? notice : t("Payment is not available just now. We know of it, and your order is kept.");

/** Gets the payment and by whose script it is paid. @param {Visit} visit */
async function open(visit) {
  const { order, desk, signal } = visit;
  desk.wait(t("Opening the payment…"));
  desk.tell();
  try {
    const opened = openedPayment(order, signal, (notice) =>
      desk.tell(h("p", { class: "notice warn" }, inWords(notice))),
    );
    const [payment, configuration] = await Promise.all([opened, readConfiguration(signal)]);
    if (!payment) return signal.aborted || leave(order.id, null);
    desk.tell();
    await serve(visit, payment, configuration);
  } catch (error) {
    if (signal.aborted) return;
    desk.tell(h("p", { class: "notice bad" }, asProblem(error).message));
    desk.offer(t("Try again"), () => open(visit));
  }
}

/**
 * Shows the card form, and lets the person pay.
 * @param {Visit} visit
 * @param {import("../orders.js").Payment} payment
 * @param {import("../payments.js").Configuration} configuration
 */
async function serve(visit, payment, { script_url: script, publishable_key: ours }) {
  const { desk, said, signal } = visit;
  try {
    const make = await loadStripe(script);
    const stripe = make(payment.publishable_key ?? ours, { locale: document.documentElement.lang });
    const elements = await showCardForm(stripe, payment.client_secret, desk.place, signal);
    const till = tillOf(visit, stripe, elements, payment.client_secret);
    if (said)
      await till.askAgain(); // how it went at the bank's page, from which the person comes
    else desk.offer(visit.words, till.pay);
  } catch (error) {
    if (signal.aborted) return;
    console.warn(error);
    desk.tell(blockedNotice(script));
    desk.offer(t("Try again"), () => open(visit));
  }
}

/**
 * @param {Visit} visit
 * @param {import("../paying.js").Stripe} stripe
 * @param {import("../paying.js").Elements} elements
 * @param {string} secret
 */
function tillOf({ order, desk, words }, stripe, elements, secret) {
  const till = {
    async pay() {
      desk.wait(t("Paying…"));
      desk.tell();
      show(await pay(stripe, elements, secret, location.origin + payPath(order.id)));
    },
    async askAgain() {
      desk.wait(t("Asking how it stands…"));
      desk.tell();
      show(await ask(stripe, secret));
    },
  };
  /** @param {import("../paying.js").End} how */
  function show(how) {
    if (how.end === "paid") return leave(order.id, "succeeded");
    if (how.end === "over") return leave(order.id, null);
    desk.tell(h("p", { class: how.end === "unknown" ? "notice warn" : "notice bad" }, how.message));
    if (how.end === "unknown") desk.offer(t("Ask again"), till.askAgain);
    else desk.offer(words, till.pay);
  }
  return till;
}
