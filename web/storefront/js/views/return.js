// @ts-check
/** Ask to send pieces of an order back; and how it goes with what was asked before. */
import { secret } from "../attempt.js";
import { h } from "../dom.js";
import { askReturn, cancelReturn, readOrder, readReturns } from "../orders.js";
import { address, say } from "../page.js";
import { field, form } from "../parts/forms.js";
import { day } from "../parts/standing.js";
import { nothing } from "../parts/states.js";
import { asProblem, Problem, refusal } from "../problem.js";
import { signInHere } from "../session.js";
import { t } from "../texts.js";
import { again } from "../view.js";

/** @typedef {import("../orders.js").Order} Order */
/** @typedef {import("../orders.js").Return} Return */

/** @type {[string, string][]} */
const REASONS = [
  ["changed_mind", t("I do not want it any more")],
  ["does_not_fit", t("It does not fit")],
  ["not_as_described", t("It is not as described")],
  ["wrong_article", t("It is not what I ordered")],
  ["damaged", t("It arrived damaged")],
  ["defective", t("It does not work")],
  ["late", t("It came too late")],
  ["other", t("Something else")],
];

/** @type {Record<string, string>} */
const STATES = {
  requested: t("Asked for: we look at it and write to you."),
  approved: t("Approved: send it back as our mail says."),
  refused: t("Refused"),
  cancelled: t("Taken back"),
  received: t("It has arrived: we look at it."),
  inspected: t("It has arrived, and all of it was looked at."),
  closed: t("Done"),
};
const OPEN = new Set(["requested", "approved"]);
const PIECES = "pieces-";

/** @param {import("../view.js").Visit} visit */
export async function view({ id, signal }) {
  const title = t("Send something back");
  const way = /** @type {[string, string]} */ ([t("Go to the order"), address(`/orders/${encodeURIComponent(id)}`)]);
  let found;
  try {
    found = await Promise.all([readOrder(id, signal), readReturns(id, signal)]);
  } catch (problem) {
    if (!(problem instanceof Problem) || ![404, 422].includes(problem.status)) throw problem;
    const text = t("If you ordered while signed in, sign in. If not, open it by the link of its mail.");
    return { title, node: nothing(t("We cannot show this order"), text, [t("Sign in"), signInHere()]) };
  }
  const [order, { items, returnable }] = found;
  const left = returnable.filter(({ quantity }) => quantity > 0);
  if (!left.length && !items.length)
    return { title, node: nothing(t("Nothing can be sent back"), t("Nothing of this order has arrived lately."), way) };
  const node = h(
    "div",
    { class: "page-form" },
    h("p", { class: "eyebrow" }, t("Order {number}", { number: order.number })),
    h("h1", {}, title),
    items.length > 0 &&
      h(
        "ul",
        { class: "returns" },
        items.map((each) => row(order, each)),
      ),
    left.length > 0 && wish(order, left),
    h("p", {}, h("a", { href: way[1] }, way[0])),
  );
  return { title, node };
}

/** @param {Order} order @param {{ position: number, quantity: number }[]} left */
function wish(order, left) {
  const lines = new Map(order.lines.map((line) => [line.position, line]));
  const counts = left.map(({ position, quantity }) =>
    field({
      name: `${PIECES}${position}`,
      label: nameOf(lines.get(position)),
      choices: Array.from({ length: quantity + 1 }, (_each, count) => [String(count), String(count)]),
      value: "0",
    }),
  );
  const why = field({ name: "reason", label: t("Why?"), choices: REASONS });
  const note = field({
    name: "note",
    label: t("What should we know?"),
    long: true,
    optional: true,
    more: { maxlength: 1000 },
  });
  const pieces = h("fieldset", { class: "part" }, h("legend", {}, t("How many of each?")), counts);
  /** The same wish goes with the same key, however often it is sent. */
  let sent = { text: "", key: "" };

  /** @param {Record<string, string>} typed */
  async function send(typed) {
    const chosen = left
      .map(({ position }) => ({ position, quantity: Number(typed[`${PIECES}${position}`]) }))
      .filter(({ quantity }) => quantity > 0);
    if (!chosen.length) throw refusal(t("Say how many pieces come back."));
    const body = { reason: typed.reason ?? "", note: typed.note || null, lines: chosen };
    const text = JSON.stringify(body);
    if (text !== sent.text) sent = { text, key: secret() };
    await askReturn(order.id, body, sent.key);
    await again();
    say(t("We have your request, and write to you."));
  }
  return form({ parts: [pieces, why, note], button: t("Ask to send it back"), busy: t("Asking…"), send });
}

/** @param {{ title: string, variant_title: string } | undefined} line */
const nameOf = (line) => [line?.title, line?.variant_title].filter(Boolean).join(", ");

/** @param {Order} order @param {Return} asked */
function row(order, asked) {
  const trouble = h("div", { role: "alert" });
  async function cancel() {
    try {
      await cancelReturn(order.id, asked.id);
      await again();
    } catch (error) {
      trouble.replaceChildren(h("p", { class: "notice bad" }, asProblem(error).message));
    }
  }
  return h(
    "li",
    { class: "panel" },
    h("h2", {}, t("Return {number}", { number: asked.number })),
    h("p", { class: "soft" }, day(asked.opened_at)),
    h("p", {}, STATES[asked.status] ?? asked.status),
    asked.answer && h("p", {}, asked.answer),
    h(
      "ul",
      {},
      asked.lines.map((line) => h("li", {}, `${line.quantity} × ${nameOf(line)}`)),
    ),
    OPEN.has(asked.status) &&
      h("button", { class: "link", type: "button", onclick: cancel }, t("Take the request back")),
    trouble,
  );
}
