// @ts-check
/** What comes with an order that is paid: its parcels, its invoice and what corrects it. */
import { h, many } from "../dom.js";
import { money } from "../money.js";
import { readDocument, readDocuments, readParcels } from "../orders.js";
import { saveFile } from "../saving.js";
import { t } from "../texts.js";
import { wait } from "../views/following.js";
import { section } from "./own_section.js";
import { day } from "./standing.js";

/** @typedef {import("../orders.js").Order} Order */
/** @typedef {import("./own_section.js").Section} Section */

/** Pieces of such orders have left the shop. */
export const SENT = new Set(["partly_fulfilled", "fulfilled", "partly_returned", "returned"]);

// An invoice is written some seconds after the payment.
const TRIES = 10;
const PAUSE_MS = 1500;

/** @param {string} kind @param {string} number */
function nameOf(kind, number) {
  if (kind === "credit_note") return t("Credit note {number}", { number });
  return kind === "reversal" ? t("Reversal {number}", { number }) : t("Invoice {number}", { number });
}

/** @param {Order} order @param {AbortSignal} signal */
export function papers(order, signal) {
  const documents = section("documents", t("Invoice"), (here) => written(here, order, signal));
  const parcels = section("parcels", t("Parcels"), async () =>
    (await readParcels(order.id, signal)).items.filter((each) => each.status !== "cancelled").map(parcel),
  );
  const shown = SENT.has(order.fulfilment_status ?? "") ? [parcels, documents] : [documents];
  for (const each of shown) each.fill();
  return many(shown.map((each) => each.node));
}

/** @param {import("../orders.js").Parcel} of */
function parcel(of) {
  const where = of.delivered_at
    ? t("Arrived on {day}.", { day: day(of.delivered_at) })
    : t("On its way since {day}.", { day: day(of.shipped_at) });
  const link = of.tracking_url?.startsWith("https://") ? of.tracking_url : null;
  const number = of.tracking_number ?? "";
  const track = link
    ? h("a", { href: link, rel: "noopener noreferrer", "data-leave": true }, number || t("Where it is"))
    : number;
  return h(
    "div",
    {},
    h("p", {}, of.carrier, of.carrier && track && " · ", track),
    h("p", { class: "soft small" }, where),
    h(
      "ul",
      {},
      of.lines.map(({ quantity, title }) => h("li", { class: "soft small" }, `${quantity} × ${title}`)),
    ),
  );
}

/** @param {Section} here @param {Order} order @param {AbortSignal} signal */
async function written(here, order, signal) {
  for (let tries = 1; ; tries += 1) {
    const { items } = await readDocuments(order.id, signal);
    if (items.length) return items.map((each) => paper(here, order, each));
    if (tries === TRIES || signal.aborted)
      return [h("p", { class: "soft" }, t("It is not written yet. Please load this page again in a minute."))];
    await wait(PAUSE_MS, signal);
  }
}

/** @param {Section} here @param {Order} order @param {import("../orders.js").Paper} of */
function paper(here, order, { id, kind, number, total, issued_at: issued }) {
  const load = () => here.run(async () => saveFile(await readDocument(order.id, id), `${number}.pdf`));
  const name = nameOf(kind, number);
  return h(
    "div",
    {},
    h("p", {}, name),
    h("p", { class: "soft small" }, `${day(issued)} · ${money(total)}`),
    h(
      "button",
      { class: "link", type: "button", onclick: load, "aria-label": `${t("Download")}: ${name}` },
      t("Download"),
    ),
  );
}
