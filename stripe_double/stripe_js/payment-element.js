// The Payment Element's document: it alone sees the card, and it alone sends it.
import { form, mistakes, tidyExpiry, tidyNumber } from "./card-fields.js";
import { savedCard, saving, showSaved } from "./saved-cards.js";

const card = document.getElementById("card");
const saved = document.getElementById("saved");
const inputs = ["number", "expiry", "cvc"].map((name) => document.getElementById(name));
const FIELD_OF = { number: "number", exp_month: "expiry", exp_year: "expiry", cvc: "cvc" };
const UNREACHED = {
  type: "api_connection_error",
  message: "We are experiencing issues connecting to our payments provider. Please check your connection.",
};
let line = null;
let session = {};

const typed = () => Object.fromEntries(inputs.map(({ id, value }) => [id, value]));
const tell = (kind, data) => line?.postMessage({ kind, data });

window.addEventListener("message", ({ source, origin, data, ports }) => {
  if (line || source !== window.parent || !/^https?:/.test(origin) || !data?.opening || !ports[0]) return;
  [line] = ports;
  session = data.opening;
  line.onmessage = hear;
  open();
});

/** Asks what there is to pay, then lets the shop's page know that the form is there. */
async function open() {
  restyle(session.appearance);
  new ResizeObserver(() => tell("height", document.documentElement.getBoundingClientRect().height)).observe(
    document.body,
  );
  const { error, paymentIntent: found } = await send("GET", "/v1/elements/sessions", asked());
  if (!error) showSaved(saved, found.customer, show);
  tell(...(error ? ["loaderror", { error }] : ["ready"]));
}

/** The form is not there while a saved card is chosen. */
function show(isSaved) {
  card.hidden = isSaved;
  mark([]);
  change();
}

function asked() {
  const { clientSecret, mode, currency, amount, locale, customerSession } = session;
  const customer = customerSession ? { customer_session_client_secret: customerSession } : {};
  if (clientSecret) return { type: "payment_intent", client_secret: clientSecret, locale, ...customer };
  const deferred = { mode, currency, amount };
  const fields = Object.entries(deferred).map(([name, value]) => [`deferred_intent[${name}]`, String(value ?? "")]);
  return { type: "deferred_intent", locale, ...customer, ...Object.fromEntries(fields) };
}

const TOLD = {
  focus: () => inputs[0].focus(),
  blur: () => document.activeElement?.blur(),
  clear: () => card.reset(),
  update: ({ readOnly = false }) => inputs.forEach((input) => (input.readOnly = readOnly)),
  appearance: (appearance) => restyle(appearance),
};
const ASKED = { submit: async () => checked() ?? { selectedPaymentMethod: "card" }, confirm, tokenize };

async function hear({ data: { kind, data, number } }) {
  if (number === undefined) return TOLD[kind]?.(data ?? {});
  line.postMessage({ answer: number, data: await ASKED[kind](data) });
}

async function confirm({ path, fields }) {
  const wrong = checked();
  if (wrong || !/^\/v1\/payment_intents\/pi_\w+$/.test(path)) return wrong ?? { error: UNREACHED };
  const all = { ...fields, ...method(), "client_context[mode]": "payment", expected_payment_method_type: "card" };
  const result = await send("POST", `${path}/confirm`, all);
  mark(result.error?.type === "card_error" && FIELD_OF[result.error.param] ? [saidOf(result.error)] : []);
  return result;
}

async function tokenize({ fields }) {
  return checked() ?? send("POST", "/v1/confirmation_tokens", { ...fields, ...method() });
}

/** The saved card that is chosen, or the typed one. */
function method() {
  const id = savedCard(saved);
  return id ? { payment_method: id } : { ...form(typed()), ...saving(saved) };
}

const saidOf = ({ param, message }) => ({ field: FIELD_OF[param], message });

/** {error} if a field is wrong, which is then marked. */
function checked() {
  const found = savedCard(saved) ? [] : mistakes(typed());
  mark(found);
  if (!found.length) return null;
  document.getElementById(found[0].field).focus();
  return { error: { type: "validation_error", code: found[0].code, message: found[0].message } };
}

function mark(found) {
  for (const input of inputs) {
    const mistake = found.find(({ field }) => field === input.id);
    input.setAttribute("aria-invalid", String(Boolean(mistake)));
    document.getElementById(`${input.id}-wrong`).textContent = mistake?.message ?? "";
  }
}

async function send(method, path, fields) {
  const body = new URLSearchParams({ ...fields, key: session.key });
  try {
    const answer = await fetch(method === "GET" ? `${path}?${body}` : path, {
      method,
      body: method === "GET" ? undefined : body,
    });
    const said = await answer.json();
    return answer.ok ? { paymentIntent: said } : { error: said.error };
  } catch {
    return { error: UNREACHED };
  }
}

/** The variables of Stripe's Appearance API that matter to this form. */
function restyle({ theme = "stripe", variables = {} } = {}) {
  const root = document.documentElement;
  root.dataset.theme = theme;
  const names = {
    "--primary": "colorPrimary",
    "--background": "colorBackground",
    "--text": "colorText",
    "--soft": "colorTextSecondary",
    "--danger": "colorDanger",
    "--radius": "borderRadius",
    "--font": "fontFamily",
  };
  for (const [name, variable] of Object.entries(names)) {
    if (variables[variable]) root.style.setProperty(name, variables[variable]);
    else root.style.removeProperty(name);
  }
  const edge = variables.colorTextSecondary;
  if (edge) root.style.setProperty("--edge", edge);
}

function change() {
  const complete = Boolean(savedCard(saved)) || mistakes(typed()).length === 0;
  const empty = !savedCard(saved) && inputs.every(({ value }) => !value);
  tell("change", { complete, empty, value: { type: "card" }, collapsed: false });
}

card.addEventListener("submit", (event) => event.preventDefault());
card.addEventListener("input", (event) => {
  if (event.target.id === "number") tidyNumber(event.target);
  if (event.target.id === "expiry") tidyExpiry(event.target, event);
  change();
});
card.addEventListener("focusin", () => tell("focus"));
card.addEventListener("focusout", () => tell("blur"));
card.addEventListener("keydown", (event) => event.key === "Escape" && tell("escape"));
for (const choice of document.querySelectorAll("[data-number]")) {
  choice.addEventListener("click", () => {
    const [number, expiry, cvc] = inputs;
    number.value = choice.dataset.number;
    expiry.value = "12 / 34";
    cvc.value = choice.dataset.number.length === 15 ? "1234" : "123";
    mark([]);
    number.dispatchEvent(new Event("input", { bubbles: true }));
    number.focus();
  });
}
