/** The only opener of a socket. Sends one batch, and says what came back. */

import { type ClientRequest, type IncomingMessage, type RequestOptions, request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import type { Socket } from 'node:net';
import { connect as secure } from 'node:tls';
import * as disk from './disk.js';
import type { Endpoint } from './endpoint.js';
import { REQUEST_MS_MAX } from './limits.js';

/** What a collector answered. */
export interface Answer {
  readonly status: number;
  /** Seconds of `Retry-After`. */
  readonly retryAfter: number | undefined;
  /** The beginning of what it said. */
  readonly body: string;
}

/** Characters of an answer's body that are read. Ours are shorter. */
const BODY_CHARACTERS_MAX = 16 * 1024;

/** Sends a batch. `undefined` when nothing came back. */
export async function sendBatch(endpoint: Endpoint, bytes: Uint8Array): Promise<Answer | undefined> {
  if ('url' in endpoint) return send(endpoint, 'POST', '/v1/batches', bytes);
  const appended = disk.append(endpoint.file, bytes, Number.POSITIVE_INFINITY);
  return appended === 'written' ? { status: 200, retryAfter: undefined, body: '' } : undefined;
}

/** Asks for the deletion of what was sent under an identifier. A file cannot be asked. */
export async function sendForget(endpoint: Endpoint, tool: string, id: string): Promise<Answer | undefined> {
  if (!('url' in endpoint)) return undefined;
  return send(endpoint, 'POST', '/v1/forget', Buffer.from(JSON.stringify({ tool, id })));
}

/** Asks how far a deletion is. */
export async function askForgotten(endpoint: Endpoint, receipt: string): Promise<Answer | undefined> {
  return 'url' in endpoint ? send(endpoint, 'GET', `/v1/forget/${receipt}`) : undefined;
}

/** One request on a connection of its own. No redirect is followed. */
async function send(to: Collector, method: string, path: string, bytes?: Uint8Array): Promise<Answer | undefined> {
  try {
    const response = await exchange(to, method, path, bytes);
    const body = await beginning(response).catch(() => '');
    const seconds = response.headers['retry-after'] ?? '';
    // A status that came counts, whatever becomes of the rest.
    return { status: response.statusCode ?? 0, retryAfter: /^\d+$/.test(seconds) ? Number(seconds) : undefined, body };
  } catch {
    return undefined;
  }
}

type Collector = Extract<Endpoint, { url: string }>;

async function exchange(
  { url, proxy }: Collector,
  method: string,
  path: string,
  bytes?: Uint8Array,
): Promise<IncomingMessage> {
  const headers = {
    'content-type': 'application/json',
    'content-length': bytes?.length ?? 0,
    'user-agent': 'aboveboard',
  };
  const signal = AbortSignal.timeout(REQUEST_MS_MAX);
  const options: RequestOptions = { method, headers, agent: false, signal };
  const to = new URL(url + path);
  if (!proxy) return answered(to.protocol === 'https:' ? secureRequest(to, options) : plainRequest(to, options), bytes);
  // A proxy is given the whole address (RFC 9112, 3.2.2), or asked for a tunnel through which TLS is spoken.
  if (to.protocol === 'http:')
    return answered(plainRequest(proxy, { ...options, path: to.href, headers: { ...headers, host: to.host } }), bytes);
  const socket = await tunnel(proxy, to, signal);
  return answered(
    secureRequest(to, { ...options, createConnection: () => secure({ socket, servername: to.hostname }) }),
    bytes,
  );
}

function answered(request: ClientRequest, bytes?: Uint8Array): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => request.once('response', resolve).once('error', reject).end(bytes));
}

/** A connection through a proxy to where a URL leads. */
function tunnel(proxy: string, to: URL, signal: AbortSignal): Promise<Socket> {
  const path = `${to.hostname}:${to.port || 443}`;
  return new Promise((resolve, reject) => {
    const request = plainRequest(proxy, { method: 'CONNECT', path, headers: { host: path }, agent: false, signal });
    request.once('connect', ({ statusCode }, socket) =>
      statusCode === 200 ? resolve(socket as Socket) : reject(new Error('no tunnel')),
    );
    request.once('error', reject).end();
  });
}

async function beginning(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of response.setEncoding('utf8')) {
    text += part;
    if (text.length > BODY_CHARACTERS_MAX) break;
  }
  return text;
}
