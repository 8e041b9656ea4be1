// What the tests in a browser stand on: a real collector that knows `acme-ui`, a server of pages on another origin, and
// a way to it that takes 30 ms, counts what passes, and can be shut.

import { createServer, request } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { chromium } from 'playwright-core';
import { PATIENCE_MS, startChromium } from '../../../../crates/server/tests/web/chromium.js';
import { startCollector } from '../../../../crates/server/tests/web/collector.js';

const here = dirname(fileURLToPath(import.meta.url));
export const root = join(here, '../../../..');
const LATENCY_MS = 30;
/** How long between two looks whether something holds. */
const LOOK_MS = 25;

/** A collector with the catalogue of the example. */
export function startAcmeUi() {
  return startCollector(['--catalogs', join(root, 'examples/hello-react/catalogs')]);
}

/** Listens on a free port: the origin, and how to end it. */
export async function listen(handler, port = 0) {
  const server = createServer(handler);
  await new Promise((done) => server.listen(port, '127.0.0.1', done));
  const stop = () => new Promise((done) => (server.close(done), server.closeAllConnections()));
  return { origin: `http://127.0.0.1:${server.address().port}`, port: server.address().port, stop };
}

/** Code for a page, from a text that may import what is in node_modules. */
export function bundle(code, options = {}) {
  const stdin = { contents: code, resolveDir: here, loader: 'tsx' };
  const result = buildSync({ stdin, bundle: true, write: false, format: 'esm', jsx: 'automatic', logLevel: 'error', ...options });
  return result.outputFiles[0].text;
}

/** Serves pages: each path is a page that runs the code of that name. */
export function servePages(codes) {
  return listen(({ url }, response) => {
    const name = new URL(url, 'http://page').pathname.slice(1);
    const script = name.endsWith('.js');
    response.setHeader('content-type', script ? 'text/javascript' : 'text/html');
    response.end(script ? codes[name.slice(0, -3)] : `<!doctype html><title>${name}</title><div id=root></div><script type=module src="/${name}.js"></script>`);
  });
}

/** A far way to a collector. `requests` is what passed; while `shut`, nobody is reached. */
export async function wayTo(origin) {
  const requests = [];
  const way = { requests, shut: false };
  const listener = await listen((incoming, outgoing) => {
    if (way.shut) return incoming.socket.destroy();
    const chunks = [];
    incoming.on('data', (chunk) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks);
      requests.push({ method: incoming.method, path: incoming.url, headers: incoming.headers, body: `${body}` });
      setTimeout(() => pass(origin, incoming, body, outgoing), LATENCY_MS);
    });
  });
  return Object.assign(way, listener);
}

/** What was said to a proxy is a request like any other: once it is here, the sender may be gone. */
function pass(origin, { method, url, headers }, body, outgoing) {
  const onward = request(origin + url, { method, headers, agent: false }, (answer) => {
    outgoing.writeHead(answer.statusCode, answer.headers);
    answer.pipe(outgoing);
  });
  onward.on('error', () => outgoing.destroy());
  onward.end(body);
}

/** A browser with a profile that outlasts it. */
export async function startProfile(options = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'aboveboard-profile-'));
  // A driven browser says so, and the tests are about people's.
  const settings = { ...options, ignoreDefaultArgs: ['--enable-automation'], args: ['--disable-blink-features=AutomationControlled', ...(options.args ?? [])] };
  const launch = async () => {
    const context = await startChromium({ launch: (more) => chromium.launchPersistentContext(folder, more) }, settings);
    context.setDefaultTimeout(PATIENCE_MS);
    return context;
  };
  return { launch, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** How often each event is kept, by its name. */
export async function kept(collector, by = 'event', tool = 'acme-ui') {
  const answer = await fetch(`${collector.origin}/v1/query?tool=${tool}&measure=events&by=${by}`);
  const { rows, detail } = await answer.json();
  if (!rows) throw new Error(detail);
  return Object.fromEntries(rows.map(({ key, value }) => [key.join(' / '), value]));
}

/** Waits until something holds; what it is is said when it never does. */
export async function until(what, holds) {
  for (let waited = 0; waited < PATIENCE_MS; waited += LOOK_MS) {
    if (await holds()) return;
    await new Promise((done) => setTimeout(done, LOOK_MS));
  }
  throw new Error(`never: ${what}`);
}
