// Calls to the double that hold no card. Runs in the shop's page.

const UNREACHED = {
  type: "api_connection_error",
  message: "We are experiencing issues connecting to our payments provider. Please check your connection.",
};

class IntegrationError extends Error {
  name = "IntegrationError";
}

/** Throws what only a mistake in the shop's page can bring about, as Stripe.js does. */
function integration(holds, message) {
  if (!holds) throw new IntegrationError(message);
}

/** {paymentIntent} or {error}; never throws. */
async function call(key, method, path, fields = {}) {
  const form = new URLSearchParams({ ...fields, key });
  const query = method === "GET" ? `?${form}` : "";
  try {
    const answer = await fetch(HOME + path + query, { method, body: method === "GET" ? undefined : form });
    const body = await answer.json();
    return answer.ok ? { paymentIntent: body } : { error: body.error };
  } catch {
    return { error: UNREACHED };
  }
}

const intentOf = (secret) => {
  integration(/^pi_\w+_secret_\w+$/.test(secret), `Invalid value for clientSecret: ${String(secret).slice(0, 12)}…`);
  return `/v1/payment_intents/${secret.split("_secret_")[0]}`;
};

const retrieve = (key, secret) => call(key, "GET", intentOf(secret), { client_secret: secret, is_stripe_sdk: "true" });
