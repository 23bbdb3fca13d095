// Runs on each request that no behaviour but the default takes, before the cache (CloudFront Functions, runtime cloudfront-js-2.0).

// The store has one address: under a second one a shopper has another cart and another sign-in. Empty without a domain.
const HOST = "${domain}";

// What a machine asks for gets an error, never a page, and does not reach the cluster: a probe of /health must not take
// a document for a sign of life, and /internal is between the services.
const MACHINES = ["api", "internal", "health", "metrics", "webhooks", ".well-known", "_portal"];

function handler(event) {
  const request = event.request;
  const host = request.headers.host.value.split(":")[0].toLowerCase();
  if (HOST && host !== HOST) return moved(request);
  return MACHINES.indexOf(request.uri.split("/")[1]) >= 0 ? missing() : request;
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
