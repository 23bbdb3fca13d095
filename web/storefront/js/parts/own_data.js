// @ts-check
/** The copy of one's data, and the end of the account. For both the shop may ask once more who it is. */
import { askErasure, askExport, readErasure, readExport, readExports, undoErasure } from "../accounts.js";
import { h } from "../dom.js";
import { Problem } from "../problem.js";
import { saveFile } from "../saving.js";
import { t } from "../texts.js";
import { section } from "./own_section.js";
import { day } from "./standing.js";
import { sure } from "./step_up.js";

/** @typedef {import("./own_section.js").Section} Section */

/** @param {AbortSignal} signal */
export function data(signal) {
  const own = section("data", t("Your data"), async (here) => {
    const [copies, erasure] = await Promise.all([readExports(signal), readErasure(signal).catch(none)]);
    return [...copyPart(here, copies), ...endPart(here, erasure)];
  });
  own.fill();
  return own.node;
}

/** @param {unknown} problem @returns {null} where none was asked for */
function none(problem) {
  if (problem instanceof Problem && problem.status === 404) return null;
  throw problem;
}

/** @param {Section} here @param {() => Promise<unknown>} act */
const then = (here, act) => () =>
  sure(here, async () => {
    await act();
    await here.fill();
  });

/** @param {Section} here @param {import("../accounts.js").Export[]} copies */
function copyPart(here, copies) {
  const ask = h(
    "button",
    { class: "button", type: "button", onclick: then(here, askExport) },
    t("Ask for a copy of my data"),
  );
  return [
    h(
      "ul",
      { class: "book" },
      copies.map((each) => copy(here, each)),
    ),
    ask,
  ];
}

/** @param {Section} here @param {import("../accounts.js").Export} of */
function copy(here, { id, asked_at: asked, ready_at: ready }) {
  const words = t("Copy of {day}", { day: day(asked) });
  if (!ready) return h("li", {}, words, " · ", t("It is being collected; a mail tells when it is ready."));
  const load = () => sure(here, async () => saveFile(await readExport(id), "my-data.html"));
  return h("li", {}, words, " ", h("button", { class: "link", type: "button", onclick: load }, t("Download")));
}

/** @param {Section} here @param {import("../accounts.js").Erasure | null} erasure */
function endPart(here, erasure) {
  if (!erasure) {
    const ask = h(
      "button",
      { class: "button", type: "button", onclick: then(here, askErasure) },
      t("Delete my account"),
    );
    return [
      h("p", { class: "soft" }, t("It is deleted after some days, and until then you can change your mind.")),
      ask,
    ];
  }
  const undo = h("button", { class: "button", type: "button", onclick: then(here, undoErasure) }, t("Keep my account"));
  const text =
    erasure.state === "waiting"
      ? t("Your account is deleted on {day}.", { day: day(erasure.due_at) })
      : t("Your account is deleted once no order of yours is open.");
  return [h("p", { class: "notice warn" }, text), undo];
}
