// What a browser really sends to the shop, seen on the way: what is sent while a page goes away is told to no debugger.
import { createServer, request } from "node:http";

/** Passes everything on to the shop at `base`; `seen` has each request to an address that ends so. */
export async function wire(base, ending) {
  const seen = [];
  const { hostname, port, host } = new URL(base);
  const server = createServer((incoming, outgoing) => {
    const parts = [];
    incoming.on("data", (part) => parts.push(part));
    incoming.on("end", () => {
      const body = Buffer.concat(parts);
      const found = { headers: incoming.headers, text: body.toString(), status: 0 };
      if (incoming.url.endsWith(ending)) seen.push(found);
      const headers = { ...incoming.headers, host };
      const on = request({ hostname, port, path: incoming.url, method: incoming.method, headers }, (answer) => {
        found.status = answer.statusCode;
        outgoing.writeHead(answer.statusCode, answer.headers);
        answer.pipe(outgoing);
      });
      on.on("error", () => outgoing.destroy());
      on.end(body);
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  /** Until so many came and were answered. */
  const until = async (count) => {
    for (let tries = 0; seen.filter(({ status }) => status).length < count; tries += 1) {
      if (tries > 300) throw new Error(`${seen.length} requests came, not ${count}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const close = () => (server.closeAllConnections(), server.close());
  return { base: `http://localhost:${server.address().port}`, seen, until, close };
}
