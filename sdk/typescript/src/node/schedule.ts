/** When to send: the file `next`. Loads nothing that could. */

import * as disk from './disk.js';
import { BACKOFF_SECONDS_MAX, CLAIM_SECONDS, PAUSE_SECONDS } from './limits.js';
import { Settings } from './settings.js';
import type { Spool } from './spool.js';

/** Whether it is time to send. A clock that was set back does not stop it. */
export function isDue(spool: Spool, now: number): boolean {
  const next = spool.settings('next').number('next') ?? 0;
  return now >= next || next > now + 2 * BACKOFF_SECONDS_MAX;
}

/**
 * Takes the next sending for a process that is about to start, so that no run beside this one, or right after it,
 * starts another. Should that process never get to it, it is due again soon.
 */
export function claim(spool: Spool, now: number): void {
  schedule(spool, failuresIn(spool), now + CLAIM_SECONDS);
}

/** One attempt to send what waits. */
export interface Attempt {
  readonly spool: Spool;
  readonly now: number;
  readonly random: bigint;
  /** Attempts that failed in a row, should this one fail too. */
  readonly failures: number;
}

/** The pause doubles with each failure, and is never less than the collector asks for. */
export function backOff({ spool, now, random, failures }: Attempt, retryAfter: number | undefined): void {
  const doubled = Math.min(PAUSE_SECONDS * 2 ** Math.min(failures, 20), BACKOFF_SECONDS_MAX);
  const pause = Math.max(doubled, Math.min(Math.max(retryAfter ?? 0, 0), BACKOFF_SECONDS_MAX));
  schedule(spool, failures, now + pause + spread(random, Math.floor(pause / 2)));
}

/** Attempts that failed in a row. */
export function failuresIn(spool: Spool): number {
  return Math.min(Math.max(spool.settings('next').number('failures') ?? 0, 0), 30);
}

/** Writes down when to come again. */
export function schedule(spool: Spool, failures: number, next: number): void {
  const settings = new Settings();
  settings.set('next', next);
  settings.set('failures', failures);
  disk.replace(spool.path('next'), settings.toString());
}

/** A part of some seconds, by chance. */
export function spread(random: bigint, seconds: number): number {
  return Number(random % BigInt(Math.max(seconds, 1)));
}
