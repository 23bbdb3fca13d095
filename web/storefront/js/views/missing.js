// @ts-check
/** An address where there is nothing. */
import { nothing } from "../parts/states.js";

export const missingView = () => ({
  title: "Nothing here",
  node: nothing("There is nothing here", "The address is not quite right, or what was here is gone.", [
    "See what is here",
    "/",
  ]),
});
