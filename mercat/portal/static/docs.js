// Swagger UI over all services, one at a time, chosen at the top of the page.
"use strict";

async function show() {
  const place = document.getElementById("swagger");
  const urls = await (await fetch("/docs/services.json")).json();
  if (urls.length === 0) {
    place.textContent = "No service has an openapi.json yet.";
    return;
  }
  place.textContent = "";
  window.SwaggerUIBundle({
    dom_id: "#swagger",
    urls,
    "urls.primaryName": new URLSearchParams(location.search).get("urls.primaryName") ?? urls[0].name,
    presets: [window.SwaggerUIBundle.presets.apis, window.SwaggerUIStandalonePreset],
    layout: "StandaloneLayout",
    deepLinking: true,
    displayRequestDuration: true,
    tryItOutEnabled: true,
    validatorUrl: null,
  });
}

addEventListener("DOMContentLoaded", show);
