// What follows a confirmation: the bank's question in a frame over the page, or the way to another page.

const BOX = { width: "min(30rem, 100vw)", height: "min(38rem, 100dvh)", maxWidth: "none", maxHeight: "none" };
const BARE = { padding: "0", border: "0", borderRadius: "0.9rem", overflow: "hidden" };

/** The result of a confirmed intent once the person has done what their bank asks; a page that is left never goes on. */
async function settled(key, secret, result) {
  const intent = result.paymentIntent;
  if (intent?.status !== "requires_action") return result;
  const { type, use_stripe_sdk: sdk, redirect_to_url: redirect } = intent.next_action;
  if (type === "redirect_to_url") return leave(redirect.url);
  await challenge(sdk.stripe_js);
  return judged(await retrieve(key, secret));
}

/** An intent that has lost its method was refused by the bank: that is an error, with the intent in it. */
function judged({ paymentIntent, error }) {
  if (paymentIntent?.status !== "requires_payment_method" || !paymentIntent.last_payment_error)
    return error ? { error } : { paymentIntent };
  return { error: { ...paymentIntent.last_payment_error, payment_intent: paymentIntent } };
}

/** Shows the bank's page until it says that the person has answered. */
function challenge(url) {
  integration(new URL(url).origin === HOME, "The bank's page is not the double's.");
  const frame = style(document.createElement("iframe"), {
    width: "100%",
    height: "100%",
    border: "0",
    colorScheme: "light dark",
  });
  frame.title = "3-D Secure: your bank’s question";
  frame.src = url;
  const dialog = style(document.createElement("dialog"), { ...BOX, ...BARE });
  dialog.setAttribute("aria-label", frame.title);
  dialog.addEventListener("cancel", (event) => event.preventDefault()); // the bank's page has its own way out
  dialog.append(frame);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    const heard = ({ source, origin, data }) => {
      if (source !== frame.contentWindow || origin !== HOME || data?.kind !== "authenticated") return;
      window.removeEventListener("message", heard);
      dialog.close();
      dialog.remove();
      resolve();
    };
    window.addEventListener("message", heard);
  });
}

function leave(url) {
  location.assign(url);
  return new Promise(() => {});
}

/** The shop's address with what Stripe adds to it. */
function wayBack(returnUrl, { id, client_secret: secret }) {
  const url = new URL(returnUrl);
  const added = { payment_intent: id, payment_intent_client_secret: secret, redirect_status: "succeeded" };
  for (const [name, value] of Object.entries(added)) url.searchParams.set(name, value);
  return url.href;
}
