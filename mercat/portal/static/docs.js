// Swagger UI over all services, in the colours of the system, and signing in to try things out.
"use strict";

const SCHEME = "access_token";
const dark = matchMedia("(prefers-color-scheme: dark)");
const byId = (id) => document.getElementById(id);
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
let renewal;

function show() {
  follow();
  dark.addEventListener("change", follow);
  const ui = window.SwaggerUIBundle({
    dom_id: "#swagger",
    url: "/docs/openapi.json",
    presets: [window.SwaggerUIBundle.presets.apis],
    layout: "BaseLayout",
    deepLinking: true,
    filter: true,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
    tryItOutEnabled: true,
    validatorUrl: null,
  });
  byId("signin").addEventListener("submit", (event) => {
    event.preventDefault();
    signIn(ui);
  });
  byId("signout").addEventListener("submit", (event) => {
    event.preventDefault();
    signOut(ui);
  });
}

async function signIn(ui) {
  const wish = { email: byId("email").value, password: byId("password").value };
  const headers = { "Content-Type": "application/json" };
  await take(ui, fetch("/api/v1/sessions", { method: "POST", headers, body: JSON.stringify(wish) }));
  byId("password").value = "";
}

// An access token lives for minutes: the next one is asked for before.
const renew = (ui) => take(ui, fetch("/api/v1/sessions/refresh", { method: "POST", headers: { "X-Mercat": "refresh" } }));

async function take(ui, request) {
  let answer, body;
  try {
    answer = await request;
    body = await answer.json();
  } catch {
    return tell("The store did not answer. Is it running? Try again in a moment.");
  }
  if (!answer.ok) {
    if (answer.status === 401) forget(ui);
    return tell(body.detail || body.title);
  }
  ui.preauthorizeApiKey(SCHEME, body.access_token);
  clearTimeout(renewal);
  renewal = setTimeout(() => renew(ui), body.expires_in * 750);
  signOut.token = body.access_token;
  byId("who").textContent = `Signed in as ${body.account.email} (${body.account.roles.join(", ")})`;
  change(true);
  tell("“Execute” sends your access token along.");
}

async function signOut(ui) {
  const headers = { Authorization: `Bearer ${signOut.token}` };
  await fetch("/api/v1/sessions/current", { method: "DELETE", headers }).catch(() => {});
  forget(ui);
  tell("Signed out.");
}

function forget(ui) {
  clearTimeout(renewal);
  ui.authActions.logout([SCHEME]);
  change(false);
}

function change(signedIn) {
  byId("signin").hidden = signedIn;
  byId("signout").hidden = !signedIn;
}

const tell = (text) => {
  byId("told").textContent = text;
};

addEventListener("DOMContentLoaded", show);
