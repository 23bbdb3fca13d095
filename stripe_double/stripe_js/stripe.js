// The double's Stripe.js: the calls of Stripe's own that a shop with the Payment Element makes, and no others.

function Stripe(key, options = {}) {
  integration(typeof key === "string" && /^pk_/.test(key), "Please call Stripe() with your publishable key.");
  return {
    elements: (its = {}) => elementsOf(key, { locale: options.locale, ...its }),

    /** {paymentIntent} or {error}; without `redirect: "if_required"` a payment that went well leads to return_url. */
    async confirmPayment({ elements, clientSecret, confirmParams = {}, redirect = "always" }) {
      const secret = clientSecret ?? elements?.clientSecret;
      integration(secret, "confirmPayment(): give a clientSecret, or elements that were made with one.");
      const { return_url: back } = confirmParams;
      integration(back || redirect === "if_required", "confirmPayment(): confirmParams.return_url is required.");
      const typed = elements?.getElement("payment");
      integration(typed || !elements, "confirmPayment(): the elements must have a mounted payment Element.");
      const fields = { client_secret: secret, use_stripe_sdk: "true", ...flat(confirmParams) };
      const confirmed = typed
        ? await typed.ask("confirm", { path: intentOf(secret), fields })
        : await call(key, "POST", `${intentOf(secret)}/confirm`, fields);
      const result = await settled(key, secret, confirmed);
      if (result.paymentIntent && redirect !== "if_required") return leave(wayBack(back, result.paymentIntent));
      return result;
    },

    retrievePaymentIntent: (secret) => retrieve(key, secret),

    async handleNextAction({ clientSecret }) {
      const found = await retrieve(key, clientSecret);
      const waits = found.error || found.paymentIntent.status === "requires_action";
      integration(waits, "handleNextAction(): the PaymentIntent is not in the requires_action state.");
      return settled(key, clientSecret, found);
    },

    async createConfirmationToken({ elements, params = {} }) {
      const typed = elements?.getElement("payment");
      integration(typed, "createConfirmationToken(): give elements with a mounted payment Element.");
      const { paymentIntent: token, error } = await typed.ask("tokenize", { fields: flat(params) });
      return error ? { error } : { confirmationToken: token };
    },

    registerAppInfo() {},
  };
}
Stripe.version = "endive";

/** Nested objects as Stripe takes them in a form: a[b][c]. */
function flat(object, parent = "") {
  const fields = Object.entries(object).filter(([, value]) => value !== undefined && value !== null);
  return Object.assign(
    {},
    ...fields.map(([name, value]) => {
      const full = parent ? `${parent}[${name}]` : name;
      return typeof value === "object" ? flat(value, full) : { [full]: String(value) };
    }),
  );
}

window.Stripe = Stripe;
