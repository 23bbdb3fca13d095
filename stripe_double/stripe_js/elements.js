// stripe.elements(): the group, and the Payment Element whose fields live in a frame. Runs in the shop's page.

const EVENTS = [
  "ready",
  "change",
  "focus",
  "blur",
  "escape",
  "loaderror",
  "loaderstart",
  "availablepaymentmethodschange",
];
const PATIENCE_MS = 15_000;

function elementsOf(key, options) {
  const { clientSecret, mode, currency, amount, locale = "auto" } = options;
  integration(clientSecret || mode, "elements(): give a clientSecret, or mode, amount and currency.");
  const customerSession = options.customerSessionClientSecret;
  integration(!customerSession || /^cuss_secret_\w+$/.test(customerSession), "Invalid customerSessionClientSecret.");
  if (clientSecret) intentOf(clientSecret);
  let appearance = options.appearance ?? {};
  let element = null;
  const group = {
    clientSecret,
    create(type, its = {}) {
      integration(type === "payment", `elements.create(): the double has no element of type ${type}.`);
      integration(!element, "Can only create one Element of type payment.");
      const session = { key, clientSecret, customerSession, mode, currency, amount, locale, appearance };
      element = paymentElement(session, its, () => (element = null));
      return element;
    },
    getElement: (type) => (type === "payment" ? element : null),
    update(changed) {
      appearance = changed.appearance ?? appearance;
      element?.restyle(appearance);
    },
    async submit() {
      integration(element, "elements.submit(): create and mount a payment Element first.");
      return element.ask("submit");
    },
    fetchUpdates: async () => ({}),
  };
  return group;
}

function paymentElement(session, its, forgotten) {
  const listeners = new Map(EVENTS.map((name) => [name, new Set()]));
  let channel = null;
  let patience = 0;
  let gone = false;
  const emit = (kind, data = {}) => {
    for (const handler of listeners.get(kind)) handler({ elementType: "payment", ...data });
  };
  const told = (kind, data) => {
    if (kind === "height") return style(channel.frame, { height: `${data}px` });
    if (kind === "ready" || kind === "loaderror") clearTimeout(patience);
    emit(kind, data);
  };
  const set = (name) => {
    integration(listeners.has(name), `${name} is no event of the payment Element.`);
    return listeners.get(name);
  };
  const element = {
    mount(where) {
      integration(!gone, "This Element has already been destroyed. Please create a new one.");
      const place = typeof where === "string" ? document.querySelector(where) : where;
      integration(place, `mount(): there is nothing at ${where}.`);
      element.unmount();
      channel = openFrame("/js/payment-element.html", {
        title: "Secure payment input frame",
        opening: { ...session, fields: its },
        told,
      });
      style(channel.frame, { display: "block", width: "100%", border: "0", height: "0", colorScheme: "light dark" });
      place.append(channel.frame);
      emit("loaderstart");
      patience = setTimeout(() => emit("loaderror", { error: UNREACHED }), PATIENCE_MS);
    },
    unmount() {
      clearTimeout(patience);
      channel?.close();
      channel = null;
    },
    destroy() {
      element.unmount();
      gone = true;
      forgotten();
    },
    on: (name, handler) => (set(name).add(handler), element),
    once(name, handler) {
      const first = (event) => (element.off(name, first), handler(event));
      return element.on(name, first);
    },
    off(name, handler) {
      if (handler) set(name).delete(handler);
      else set(name).clear();
      return element;
    },
    update: (changed) => (channel?.tell("update", changed), element),
    restyle: (appearance) => channel?.tell("appearance", (session.appearance = appearance)),
    focus: () => channel?.tell("focus"),
    blur: () => channel?.tell("blur"),
    clear: () => channel?.tell("clear"),
    collapse: () => element,
    ask(kind, data) {
      integration(channel, "The payment Element must be mounted, and stay so until this call has ended.");
      return channel.ask(kind, data);
    },
  };
  return element;
}
