/**
 * The choices of a consent banner, answered by the site itself: the form without script is led back with the cookie that
 * the script would have written, and the record goes on to a collector. Nothing else of the request is looked at.
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { BITS, chosen, cookie, held, named, record } from '../elements/choice.js';
import type { Consent } from './late.js';
import { CHOICE_BYTES_MAX, CHOICE_MS_MAX } from './limits.js';
import { clock } from './surroundings.js';

/** Answers a choice. */
export async function answer(consent: Consent, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'POST') return end(response, 405, { allow: 'POST' });
  if (!isOwn(request)) return end(response, 403);
  const form = new URLSearchParams(await bodyOf(request));
  const [version, action] = [Number(form.get('v')), form.get('act') ?? ''];
  const back = form.get('return');
  const isKnown = Number.isInteger(version) && version > 0 && version <= 9999 && ['accept', 'deny', 'save', 'withdraw'].includes(action);
  if (!isKnown || (back !== null && !isPath(back))) return end(response, 400);

  const { cookie: cookies = '', 'sec-gpc': gpc, dnt } = request.headers;
  const isSignalled = gpc === '1' || dnt === '1' || form.get('gpc') === '1';
  const { saved } = held(null, version, isSignalled, cookies);
  const bits = bitsOf(form, action);
  const said = record(version, action, bits, isSignalled, saved);
  const isSecure = 'encrypted' in request.socket || request.headers['x-forwarded-proto'] === 'https';
  const off = Object.entries(consent.deletes ?? {}).flatMap(([name, names]) => (bits & (BITS[name] ?? 0) ? [] : named(names.join(' '), cookies)));
  const written = [cookie(said, clock(), isSecure), ...off.map((name) => `${name}=; Max-Age=0; Path=/`)];
  end(response, back === null ? 204 : 303, { 'set-cookie': written, ...(back !== null && { location: back }) });
  if (consent.collector) pass(consent.collector, new URLSearchParams(said));
}

/** What a script has put together as bits, and a form without one says switch by switch. */
function bitsOf(form: URLSearchParams, action: string): number {
  const bits = /^1[01]{3}$/.exec(form.get('bits') ?? '')?.[0];
  if (bits !== undefined) return parseInt(bits, 2);
  return chosen(action, Object.keys(BITS).reduce((sum, name) => sum | (form.has(name) ? (BITS[name] ?? 0) : 0), 0));
}

/** Whether a page of this site asks: no other may choose for a visitor. */
function isOwn({ headers: { origin, host, 'sec-fetch-site': site } }: IncomingMessage): boolean {
  if (origin !== undefined && origin !== 'null') return origin === `https://${host}` || origin === `http://${host}`;
  return site === 'same-origin';
}

/** A path of this host. `//host` and `/\host` are other hosts to browsers. */
function isPath(text: string): boolean {
  return /^\/(?![/\\])[!-[\]-~]*$/.test(text);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length <= CHOICE_BYTES_MAX) parts.push(part);
  }
  return length > CHOICE_BYTES_MAX ? '' : String(Buffer.concat(parts));
}

/** The record alone: no header of the visitor's, and nothing waits for it. */
function pass(collector: string, body: URLSearchParams): void {
  fetch(collector, { method: 'POST', body, signal: AbortSignal.timeout(CHOICE_MS_MAX) }).catch(() => {});
}

function end(response: ServerResponse, status: number, headers: Record<string, string | string[]> = {}): void {
  response.writeHead(status, { 'cache-control': 'no-store', ...headers }).end();
}
