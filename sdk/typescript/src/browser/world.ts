/**
 * Everything outside that a page, a worker or an app gives: read here, and nowhere else. Each may be missing, and some
 * throw when they are only looked at.
 */

import { KEPT_ALIVE_BYTES_MAX } from './limits.js';
import type { Storage } from './shelf.js';

/** The global object, of which nothing is taken for granted. */
type World = Partial<Omit<typeof globalThis, 'navigator' | 'process'>> & {
  readonly navigator?: Signals;
  readonly process?: Process;
};

/** How the browser says what its user wants, and whether a program drives it. */
interface Signals {
  readonly globalPrivacyControl?: unknown;
  readonly doNotTrack?: unknown;
  readonly webdriver?: unknown;
}

/** What of a process there is: bundlers make half ones. */
interface Process {
  readonly env?: Record<string, unknown>;
  readonly versions?: { readonly node?: string };
}

/** The global object as it may be. */
export const world: World = globalThis;

/** The day it is in UTC, such as `2026-11-22`. */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}

/** The browser's storage, where there is one and it may be used. */
export function storageOf(): Storage | undefined {
  try {
    return world.localStorage;
  } catch {
    return undefined;
  }
}

/** 32 hexadecimal digits. They need to be different, and may be guessed: React Native has nothing better. */
export function randomId(): string {
  const digits = [0, 0, 0, 0].map(() => Math.random().toString(16).slice(2));
  return digits.join('').slice(-32);
}

/** Calls when the page is hidden, ends or comes back. Some say only one of the two; the one about hiding comes last. */
export function onTurn(act: () => void): void {
  for (const type of ['visibilitychange', 'pagehide']) addEventListener(type, act, true);
}

/** Sends a batch: its status, or not a number when nobody was reached. */
export async function post(url: string, body: string): Promise<number> {
  // A text needs no preflight. Outside pages, some refuse what they do not know of these settings, and browsers refuse to
  // keep a request of more than 64 KiB alive: such a one is sent while there is a page, or by the next one.
  const keepalive = body.length < KEPT_ALIVE_BYTES_MAX;
  const page = world.document && ({ keepalive, credentials: 'omit', referrerPolicy: 'no-referrer' } as const);
  try {
    return (await fetch(url, { method: 'POST', body, ...page })).status;
  } catch {
    return NaN;
  }
}

/** Calls when there is time for it: at the latest a second after the wait. Never keeps a process alive. */
export function later(wait: number, act: () => void): void {
  const { requestIdleCallback: idle } = world;
  const timer: unknown = setTimeout(() => (idle ? idle(act, { timeout: 1000 }) : act()), wait);
  (timer as { unref?: () => void }).unref?.();
}
