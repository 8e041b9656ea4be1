/**
 * The walk itself: each fault, planted in a page of a server that is not ours, is found by the check that is there for
 * it, in the look in which it shows, and a page without fault has none.
 */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";

import { browsing } from "./browsing.js";
import { look, notVisited } from "./looking.js";

const STRICT = "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";
/** Lets everything through that its required parts do not forbid. */
const LAX = `img-src *; script-src 'self' 'unsafe-inline'; ${STRICT.replace(/style-src.*?base-uri/, "style-src 'self'; base-uri")}`;
/** Nobody is there: the port is reserved. */
const ABROAD = "http://127.0.0.1:1/pixel.png";

/** What stands beside the page. */
const FILES = /** @type {Record<string, [string, string]>} */ ({
  "/sink.js": ["text/javascript", "document.querySelector('p').innerHTML = '<b>x</b>';"],
  "/broken.js": ["text/javascript", "throw new Error('planted');"],
  "/pale.css": ["text/css", "p { color: #999; background: #fff; }"],
  "/pale-at-night.css": ["text/css", "@media (prefers-color-scheme: dark) { p { color: #333; background: #000; } }"],
  "/nameless-on-a-phone.css": ["text/css", "button { display: none; } @media (max-width: 400px) { button { display: block; } }"],
  "/nameless-on-a-screen.css": ["text/css", "@media (max-width: 400px) { button { display: none; } }"],
  "/wide.css": ["text/css", "p { width: 500px; }"],
  "/wide-at-400-percent.css": ["text/css", "p { width: 350px; }"],
  "/icon.svg": ["image/svg+xml", "<svg xmlns='http://www.w3.org/2000/svg'/>"],
});

/**
 * Each page: what is planted in its head and its body, its policy, and what must be found.
 *
 * @type {Record<string, { head?: string, body?: string, policy?: string, status?: number, found: RegExp[] }>}
 */
const PLANTED = {
  "nothing": { found: [] },
  "a script in the page": { body: "<script>document.title = 'x';</script>", found: [/^inlined: <script>/, /^complaint: .*script-src/] },
  "a style in the page": { body: "<p style='color: red'>x</p>", found: [/^inlined: <p style/, /^complaint: .*style/] },
  "a handler in the page, which the policy lets run": { policy: LAX, body: "<p onclick='x()'>x</p>", found: [/^inlined: <p onclick/] },
  "an image of another host": { body: `<img src="${ABROAD}" alt="x">`, found: [/^complaint: .*img-src/] },
  "an image of another host, which the policy lets through": { policy: LAX, body: `<img src="${ABROAD}" alt="x">`, found: [/^abroad: .*pixel\.png/, /^complaint: .*ERR_FAILED/] },
  "a script that makes markup of a text": { head: "<script type='module' src='/sink.js'></script>", found: [/^complaint: .*(TrustedHTML|trusted-types)/] },
  "a script with a mistake": { head: "<script type='module' src='/broken.js'></script>", found: [/^complaint: .*planted/] },
  "an image without a text": { body: "<img src='/icon.svg'>", found: [/^axe, light, wide: image-alt/, /^axe, dark, narrow: image-alt/] },
  "pale letters": { head: "<link rel='stylesheet' href='/pale.css'>", found: ["light, wide", "dark, wide", "dark, narrow", "light, narrow"].map((name) => new RegExp(`^axe, ${name}: color-contrast`)) },
  "pale letters at night": { head: "<link rel='stylesheet' href='/pale-at-night.css'>", found: [/^axe, dark, wide: color-contrast/, /^axe, dark, narrow: color-contrast/] },
  "a button without a name on a phone": { head: "<link rel='stylesheet' href='/nameless-on-a-phone.css'>", body: "<button></button>", found: [/^axe, dark, narrow: button-name/, /^axe, light, narrow: button-name/] },
  "a button without a name on a screen": { head: "<link rel='stylesheet' href='/nameless-on-a-screen.css'>", body: "<button></button>", found: [/^axe, light, wide: button-name/, /^axe, dark, wide: button-name/] },
  "something wide": { head: "<link rel='stylesheet' href='/wide.css'>", found: [/^too wide at 390: <p/, /^too wide at 320: <p/] },
  "something wide at 400 %": { head: "<link rel='stylesheet' href='/wide-at-400-percent.css'>", found: [/^too wide at 320: <p/] },
  "no policy": { policy: "", found: [/^policy: no default-src/, /^policy: no require-trusted-types/] },
  "a policy without trusted types": { policy: STRICT.replace(/ require-trusted.*/, ""), found: [/^policy: no require-trusted-types/] },
  "an error": { status: 500, found: [/^status: 500/, /^complaint: .*500/] },
};

const { watched } = browsing(startPlanted);

test("each planted fault is found, and nothing else", async (suite) => {
  const watching = await watched();
  for (const [name, { found: expected }] of Object.entries(PLANTED)) {
    await suite.test(name, async () => {
      const found = await look(watching, `/${encodeURIComponent(name)}`);
      for (const pattern of expected) assert.ok(found.some((line) => pattern.test(line)), `${pattern} in ${found.join("\n")}`);
      const kinds = (/** @type {string[]} */ lines) => [...new Set(lines.map((line) => line.replace(/^\^/, "").split(/[:,]/)[0]))].sort();
      assert.deepEqual(kinds(found), kinds(expected.map((pattern) => pattern.source)), found.join("\n"));
      const looks = (/** @type {string[]} */ lines) => new Set(lines.filter((line) => line.includes("axe,")).map((line) => line.split(":")[0]));
      if (name.includes(" on a ") || name.includes("at night")) assert.equal(looks(found).size, expected.length, found.join("\n"));
    });
  }
  await watching.page.context().close();
});

test("a page that was not visited is found", () => {
  const page = { get: { responses: { 200: { content: { "text/html": {} } } } } };
  const answer = { get: { responses: { 200: { content: { "application/json": {} } } } } };
  const paths = { "/": page, "/t/{tool}": page, "/t/{tool}/explore": page, "/t/{tool}/{panel}": page, "/v1/query": answer, "/new/{tool}/{code}": page };
  assert.deepEqual(notVisited({ paths }, ["/", "/t/a", "/t/a/explore", "/t/a/b", "/new/a/b"]), []);
  assert.deepEqual(notVisited({ paths }, ["/", "/t/a", "/t/a/explore"]).sort(), ["/new/{tool}/{code}", "/t/{tool}/{panel}"]);
  assert.deepEqual(notVisited({ paths }, ["/", "/t/a/b", "/new/a/b"]).sort(), ["/t/{tool}", "/t/{tool}/explore"]);
});

/** Serves the planted pages. */
async function startPlanted() {
  const server = createServer((request, response) => {
    const file = FILES[request.url ?? ""];
    const planted = PLANTED[decodeURIComponent(request.url ?? "").slice(1)];
    if (file) return response.writeHead(200, { "content-type": file[0] }).end(file[1]);
    if (!planted) return response.writeHead(404).end();
    const { head = "", body = "", policy = STRICT, status = 200 } = planted;
    response.writeHead(status, { "content-type": "text/html; charset=utf-8", ...(policy && { "content-security-policy": policy }) });
    return response.end(`<!doctype html><html lang="en"><head><title>Planted</title><link rel="icon" href="/icon.svg">
<meta name="viewport" content="width=device-width">${head}</head><body><main><h1>Planted</h1><p>Some words.</p>${body}</main></body></html>`);
  });
  await new Promise((listening) => { server.listen(0, "127.0.0.1", () => listening(undefined)); });
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  const stop = () => new Promise((closed) => { server.closeAllConnections(); server.close(() => closed(undefined)); });
  return { origin: `http://127.0.0.1:${port}`, stop: async () => { await stop(); } };
}
