// @ts-check
/** The foot of every page, which the server has drawn. On the machine of whoever runs the shop, it shows the way behind the counter. */
import { h } from "../dom.js";
import { t } from "../texts.js";
import { consentButton } from "./consent.js";

const HERE = new Set(["localhost", "127.0.0.1", "[::1]"]);

export function footer() {
  const place = document.getElementById("bottom");
  consentButton(/** @type {HTMLElement | null} */ (document.querySelector("[data-consent]")));
  if (!HERE.has(location.hostname)) return;
  const links = [
    ["/about", t("Behind the counter")],
    ["/mail", t("Mail this shop sent")],
    ["/docs", t("API docs")],
  ].map(([href, words]) => h("li", {}, h("a", { href }, words)));
  place?.append(h("nav", { "aria-label": t("This store") }, h("ul", {}, links)));
}
