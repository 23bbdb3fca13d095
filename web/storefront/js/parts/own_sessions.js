// @ts-check
/** Where the account is signed in. */
import { endSession, readSessions } from "../accounts.js";
import { h } from "../dom.js";
import { say } from "../page.js";
import { t } from "../texts.js";
import { section } from "./own_section.js";
import { day } from "./standing.js";

const LONGEST = 120;

/** @param {AbortSignal} signal */
export function sessions(signal) {
  const own = section("sessions", t("Where you are signed in"), async (here) => {
    const known = await readSessions(signal);
    return [
      h(
        "ul",
        { class: "book" },
        known.map((each) => row(here, each)),
      ),
    ];
  });
  own.fill();
  return own.node;
}

/** @param {import("./own_section.js").Section} here @param {import("../accounts.js").Session} session */
function row(here, { id, user_agent: agent, last_used_at: used, current }) {
  const name = (agent ?? t("A browser that does not say its name")).slice(0, LONGEST);
  const end = () =>
    here.run(async () => {
      await endSession(id);
      await here.fill();
      document.getElementById("sessions")?.focus();
      say(t("That session is ended."));
    });
  return h(
    "li",
    {},
    h("p", {}, name),
    h("p", { class: "soft small" }, t("Last used on {day}", { day: day(used) })),
    current
      ? h("p", { class: "badge" }, t("This one"))
      : h(
          "button",
          { class: "link", type: "button", "aria-label": `${t("Sign out there")}: ${name}`, onclick: end },
          t("Sign out there"),
        ),
  );
}
