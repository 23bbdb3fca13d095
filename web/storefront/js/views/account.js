// @ts-check
/** One's own account: who one is here, addresses, sessions, password, and the copy or the end of one's data. */
import { h } from "../dom.js";
import { address, go } from "../page.js";
import { access } from "../parts/own_access.js";
import { addresses } from "../parts/own_addresses.js";
import { data } from "../parts/own_data.js";
import { sessions } from "../parts/own_sessions.js";
import { bones } from "../parts/states.js";
import { asProblem } from "../problem.js";
import { settled, signInHere, signOut } from "../session.js";
import { t } from "../texts.js";

/** @param {import("../view.js").Visit} visit */
export async function view({ signal }) {
  const title = t("Your account");
  const who = await settled();
  if (!who) {
    go(signInHere(), { replace: true });
    return { title, node: bones() };
  }
  const node = h(
    "div",
    { class: "account" },
    h("h1", {}, title),
    h("p", {}, [who.name, who.email].filter(Boolean).join(" · ")),
    h(
      "div",
      { class: "row" },
      h("a", { class: "button primary", href: address("/orders") }, t("Your orders")),
      ...leaving(),
    ),
    addresses(signal),
    access(),
    sessions(signal),
    data(signal),
  );
  return { title, node };
}

function leaving() {
  const trouble = h("div", { role: "alert" });
  const button = h("button", { class: "button", type: "button", id: "sign-out", onclick: leave }, t("Sign out"));
  async function leave() {
    try {
      await signOut();
      await go(address("/"), { say: t("You are signed out.") });
    } catch (error) {
      const text = `${t("You are still signed in.")} ${asProblem(error).message}`;
      trouble.replaceChildren(h("p", { class: "notice bad" }, text));
    }
  }
  return [button, trouble];
}
