/** The only opener of a socket. Sends one batch, and says what came back. */

import { type IncomingMessage, type RequestOptions, request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import * as disk from './disk.js';
import { REQUEST_MS_MAX } from './limits.js';

/** Where batches go: the base URL of a collector, or a file to which each batch is appended as a line. */
export type Endpoint = { readonly url: string } | { readonly file: string };

/** What a collector answered. */
export interface Answer {
  readonly status: number;
  /** Seconds of `Retry-After`. */
  readonly retryAfter: number | undefined;
}

/** Reads `https://…`, `http://…` or `file:///…`. */
export function endpointOf(text: string): Endpoint | undefined {
  const trimmed = text.trim().replace(/\/+$/, '');
  if (trimmed.startsWith('file:///')) return { file: trimmed.slice('file://'.length) };
  return /^https?:\/\/[!-~]+$/.test(trimmed) && !/[@?#]/.test(trimmed) ? { url: trimmed } : undefined;
}

/** How texts name it. */
export function nameOf(endpoint: Endpoint): string {
  return 'url' in endpoint ? endpoint.url : endpoint.file;
}

/** Sends a batch. `undefined` when nothing came back. */
export function sendBatch(endpoint: Endpoint, bytes: Uint8Array): Promise<Answer | undefined> {
  return post(endpoint, '/v1/batches', bytes);
}

/** Asks for the deletion of what was sent under an identifier. */
export function sendForget(endpoint: Endpoint, tool: string, id: string): Promise<Answer | undefined> {
  return post(endpoint, '/v1/forget', Buffer.from(JSON.stringify({ tool, id })));
}

async function post(endpoint: Endpoint, path: string, bytes: Uint8Array): Promise<Answer | undefined> {
  try {
    if ('url' in endpoint) return await overHttp(endpoint.url + path, bytes);
    const appended = disk.append(endpoint.file, bytes, Number.POSITIVE_INFINITY);
    return appended === 'written' ? { status: 200, retryAfter: undefined } : undefined;
  } catch {
    return undefined;
  }
}

/** One request on a connection of its own; only the head of the answer is read, and no redirect is followed. */
function overHttp(url: string, bytes: Uint8Array): Promise<Answer> {
  const headers = { 'content-type': 'application/json', 'content-length': bytes.length, 'user-agent': 'aboveboard' };
  const options: RequestOptions = { method: 'POST', headers, agent: false, signal: AbortSignal.timeout(REQUEST_MS_MAX) };
  const send = url.startsWith('https:') ? secureRequest : plainRequest;
  return new Promise((resolve, reject) => {
    const request = send(url, options, (response) => {
      resolve(answer(response));
      response.destroy();
    });
    request.on('error', reject);
    request.end(bytes);
  });
}

function answer({ statusCode = 0, headers }: IncomingMessage): Answer {
  const seconds = headers['retry-after'] ?? '';
  return { status: statusCode, retryAfter: /^\d+$/.test(seconds) ? Number(seconds) : undefined };
}
