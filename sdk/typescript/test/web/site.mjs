// A site for tests of elements, under the strictest policy they promise to live with, and what a visitor's browser says of it.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { PATIENCE_MS } from '../../../../crates/server/tests/web/chromium.js';
import { bundle, listen } from './stage.mjs';

const axe = await readFile(createRequire(join(import.meta.dirname, '../../../../crates/server/tests/web/package.json')).resolve('axe-core/axe.min.js'), 'utf8');

/** No inline script or style, nothing from elsewhere, and no text becomes markup. */
export const policyOf = (connect, types = "'none'") =>
  `default-src 'none'; script-src 'self'; style-src 'self'; form-action 'self'; connect-src 'self' ${connect}; require-trusted-types-for 'script'; trusted-types ${types}`;

/** The sheet of an element, as it is published. */
export const sheetOf = (element) => readFile(join(import.meta.dirname, `node_modules/aboveboard/dist/esm/elements/${element}.css`), 'utf8');

const PLAIN = 'html{color-scheme:light dark;font:16px/1.5 sans-serif}body{margin:1rem}a{color:inherit}';

/**
 * Serves a site: `answers` take a request first, `page` makes the body of every other path.
 *
 * @param {{ element: string, script: string, page: Function, answers?: Function, policy?: string, headers?: Function, port?: number }} of
 */
export async function startSite({ element, script, page, answers, policy = policyOf('') }) {
  const [code, css] = [bundle(script), PLAIN + (await sheetOf(element))];
  return listen(async (request, response) => {
    if (answers && (await answers(request, response))) return;
    const { pathname } = new URL(request.url, 'http://site');
    const files = { '/site.js': ['text/javascript', code], '/site.css': ['text/css', css], '/favicon.ico': ['image/x-icon', ''] };
    const [type, text] = files[pathname] ?? ['text/html; charset=utf-8', document(await page(request))];
    response.setHeader('content-type', type);
    response.setHeader('content-security-policy', policy);
    response.end(text);
  });
}

function document(body) {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Acme docs</title><link rel="stylesheet" href="/site.css"><script type="module" src="/site.js"></script></head><body>${body}</body></html>`;
}

/** Opens a page in a context of its own, and writes down what its console, its policy and its scripts complain about. */
export async function watched(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1000, height: 700 }, ...options });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const complaints = [];
  page.on('console', (line) => ['error', 'warning'].includes(line.type()) && complaints.push(line.text()));
  page.on('pageerror', (error) => complaints.push(`${error}`));
  return { context, page, complaints };
}

/** What axe finds. It is evaluated, not added as a script, so that the page's policy stays as it is. */
export async function faults(page) {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { violations } = await globalThis.axe.run(document, { resultTypes: ['violations'] });
    return violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.html}`));
  });
}

/** Whether the page can be scrolled sideways. */
export const isTooWide = (page) => page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);

/** The bytes of each request's body that a page sends to a path, in order. */
export function bodiesTo(page, path) {
  const bodies = [];
  page.on('request', (request) => request.method() === 'POST' && new URL(request.url()).pathname === path && bodies.push(request.postData()));
  return bodies;
}
