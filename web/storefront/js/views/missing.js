// @ts-check
/** An address where there is nothing. */
import { leadOn } from "../elsewhere.js";
import { nothing } from "../parts/states.js";

/** @param {Pick<import("../router.js").Visit, "signal">} visit */
export async function missingView({ signal }) {
  await leadOn(signal); // where it leads somewhere, that page is shown in the place of this one
  return {
    title: "Nothing here",
    node: nothing("There is nothing here", "The address is not quite right, or what was here is gone.", [
      "See what is here",
      "/",
    ]),
  };
}
