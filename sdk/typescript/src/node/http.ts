/** The only opener of a socket. Sends one batch, and says what came back. */

import { type IncomingMessage, type RequestOptions, request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
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
  if ('url' in endpoint) return send('POST', `${endpoint.url}/v1/batches`, bytes);
  const appended = disk.append(endpoint.file, bytes, Number.POSITIVE_INFINITY);
  return appended === 'written' ? { status: 200, retryAfter: undefined, body: '' } : undefined;
}

/** Asks for the deletion of what was sent under an identifier. A file cannot be asked. */
export async function sendForget(endpoint: Endpoint, tool: string, id: string): Promise<Answer | undefined> {
  if (!('url' in endpoint)) return undefined;
  return send('POST', `${endpoint.url}/v1/forget`, Buffer.from(JSON.stringify({ tool, id })));
}

/** Asks how far a deletion is. */
export async function askForgotten(endpoint: Endpoint, receipt: string): Promise<Answer | undefined> {
  return 'url' in endpoint ? send('GET', `${endpoint.url}/v1/forget/${receipt}`) : undefined;
}

/** One request on a connection of its own. No redirect is followed. */
async function send(method: string, url: string, bytes?: Uint8Array): Promise<Answer | undefined> {
  try {
    const response = await exchange(method, url, bytes);
    const body = await beginning(response).catch(() => '');
    const seconds = response.headers['retry-after'] ?? '';
    // A status that came counts, whatever becomes of the rest.
    return { status: response.statusCode ?? 0, retryAfter: /^\d+$/.test(seconds) ? Number(seconds) : undefined, body };
  } catch {
    return undefined;
  }
}

function exchange(method: string, url: string, bytes?: Uint8Array): Promise<IncomingMessage> {
  const headers = { 'content-type': 'application/json', 'content-length': bytes?.length ?? 0, 'user-agent': 'aboveboard' };
  const options: RequestOptions = { method, headers, agent: false, signal: AbortSignal.timeout(REQUEST_MS_MAX) };
  const open = url.startsWith('https:') ? secureRequest : plainRequest;
  return new Promise((resolve, reject) => open(url, options, resolve).on('error', reject).end(bytes));
}

async function beginning(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of response.setEncoding('utf8')) {
    text += part;
    if (text.length > BODY_CHARACTERS_MAX) break;
  }
  return text;
}
