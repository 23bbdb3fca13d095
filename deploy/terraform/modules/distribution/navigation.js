// Runs on each request for the web pages, before the cache (CloudFront Functions, runtime cloudfront-js-2.0).
// A page's address answers index.html, whose router shows the page. An error page of the distribution could not do
// this: it would also take the place of the API's errors.

// The store has one address: under a second one a shopper has another cart and another sign-in. Empty without a domain.
const HOST = "${domain}";

// What a machine asks for gets an error, never a page: a probe of /health must not take index.html for a sign of life.
const MACHINES = ["api", "internal", "health", "metrics", "webhooks", ".well-known", "_portal"];

function handler(event) {
  const request = event.request;
  const host = request.headers.host.value.split(":")[0].toLowerCase();
  if (HOST && host !== HOST) return moved(request);
  const parts = request.uri.split("/");
  if (MACHINES.indexOf(parts[1]) >= 0) return missing();
  // No page's address has a dot in its last part, every file's has.
  if (parts[parts.length - 1].indexOf(".") < 0) request.uri = "/index.html";
  return request;
}

function moved(request) {
  const query = request.rawQueryString();
  const address = "https://" + HOST + request.uri + (query ? "?" + query : "");
  return {
    statusCode: 301,
    statusDescription: "Moved Permanently",
    headers: { location: { value: address }, "cache-control": { value: "public, max-age=3600" } },
  };
}

function missing() {
  const problem = { type: "not-found", title: "Not Found", status: 404, detail: "Nothing is found at this address." };
  return {
    statusCode: 404,
    statusDescription: "Not Found",
    headers: { "content-type": { value: "application/problem+json" }, "cache-control": { value: "no-store" } },
    body: JSON.stringify(problem),
  };
}
