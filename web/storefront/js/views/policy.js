// @ts-check
/** A text of the shop: who it is, its terms, how to send something back. */
import { h } from "../dom.js";
import { written } from "../markdown.js";
import { Problem } from "../problem.js";
import { readPolicy } from "../shop.js";
import { missingView } from "./missing.js";

/** @param {import("../router.js").Visit} visit */
export async function policyView({ params, signal }) {
  const found = await readPolicy(params.kind ?? "", signal).catch((error) => {
    // A kind that there is not is refused, one without a text is not found: for a reader it is the same.
    if (error instanceof Problem && [404, 422].includes(error.status)) return null;
    throw error;
  });
  if (!found) return missingView({ signal });
  const since = new Date(found.updated_at).toLocaleDateString(found.language, { dateStyle: "long" });
  const page = h(
    "article",
    { class: "policy", lang: found.language },
    h("h1", {}, found.title),
    written(found.body),
    h("p", { class: "soft small" }, h("time", { datetime: found.updated_at }, since)),
  );
  return { title: found.title, node: page };
}
