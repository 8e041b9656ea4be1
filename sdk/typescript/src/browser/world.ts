/**
 * Everything outside that a page, a worker or an app gives: read here, and nowhere else. Each may be missing, and some
 * throw when they are only looked at.
 */

import type { Storage } from './shelf.js';

/** The global object, of which nothing is taken for granted. */
type World = Partial<typeof globalThis>;

/** What browsers know of tracking and programs. */
interface Signals {
  readonly globalPrivacyControl?: unknown;
  readonly doNotTrack?: unknown;
  readonly webdriver?: unknown;
}

/** The global object as it may be. */
export const world: World = globalThis;

/** How the browser says what its user wants, and whether a program drives it. */
export function signals(): Signals {
  return (world.navigator as Signals | undefined) ?? {};
}

/** What of a process there is: bundlers make half ones. */
export function processOf(): { readonly env?: Record<string, unknown>; readonly versions?: { readonly node?: string } } {
  return world.process ?? {};
}

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
  return '0'.repeat(32).replace(/0/g, () => Math.floor(Math.random() * 16).toString(16));
}

/** Calls when the page is hidden, ends or comes back, and says whether it leaves. */
export function onTurn(act: (leaving: boolean) => void): void {
  const turn = ({ type }: Event) => act(type === 'pagehide' || document.hidden);
  for (const type of ['visibilitychange', 'pagehide']) addEventListener(type, turn, true);
}

/** Sends a batch: its status, or 0 when nobody was reached. */
export async function post(url: string, body: string): Promise<number> {
  // A text needs no preflight. Outside pages, some refuse what they do not know of these settings.
  const page = world.document && ({ keepalive: true, credentials: 'omit', referrerPolicy: 'no-referrer' } as const);
  try {
    return (await fetch(url, { method: 'POST', body, ...page })).status;
  } catch {
    return 0;
  }
}

/** Calls when there is time for it: at the latest a second after the wait. Never keeps a process alive. */
export function later(wait: number, act: () => void): void {
  const { requestIdleCallback: idle } = world;
  const timer: unknown = setTimeout(() => (idle ? idle(act, { timeout: 1000 }) : act()), wait);
  (timer as { unref?: () => void }).unref?.();
}
