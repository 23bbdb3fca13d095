// @ts-check
/** Makes the document work: its header and footer, and what its kind of page needs. */
import { openCart } from "./cart.js";
import { answer, answers } from "./consent.js";
import { arrive } from "./page.js";
import { PAGES } from "./pages.js";
import { askOnce } from "./parts/consent.js";
import { footer } from "./parts/footer.js";
import { header } from "./parts/header.js";
import { mendPictures } from "./parts/picture.js";
import { suggestions } from "./parts/suggestions.js";
import { start } from "./view.js";

const { kind = "missing", view } = PAGES[document.body.dataset.page ?? ""] ?? {};

mendPictures();
header();
suggestions(document.getElementById("search"));
footer();
openCart();
window.addEventListener("pageshow", (event) => event.persisted && openCart()); // as it was when it was left
start(kind, view).then(arrive);

/** @type {typeof import("./measuring.js") | null} */
let measuring = null;

/** What measures is not even fetched before the person has agreed. @param {boolean} fromStart */
async function measure(fromStart) {
  if (answer()) measuring ??= await import("./measuring.js").catch(() => null); // whatever stops it, the shop goes on
  if (answer()) measuring?.begin(fromStart);
  else measuring?.end();
}
measure(true);
answers.addEventListener("change", () => measure(false));
askOnce();
