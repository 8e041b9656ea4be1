/**
 * Sends what waits: seals the queue, sends each batch, keeps what was sent, and decides when to come again. One at a time
 * for each user and tool. The choice is read again before every batch.
 */

import { emptiesTheQueue } from '../consent.js';
import { dayOfSeconds } from '../day.js';
import { ci } from '../environment.js';
import * as disk from './disk.js';
import { type Answer, type Endpoint, sendBatch } from './http.js';
import type { Install } from './install.js';
import { addEntry } from './ledger.js';
import { BACKOFF_SECONDS_MAX, CLAIM_SECONDS, PAUSE_SECONDS } from './limits.js';
import { Settings } from './settings.js';
import type { Sealed, Spool } from './spool.js';

/** Whether it is time to send. A clock that was set back does not stop it. */
export function isDue(spool: Spool, now: number): boolean {
  const next = spool.settings('next').number('next') ?? 0;
  return now >= next || next > now + 2 * BACKOFF_SECONDS_MAX;
}

/**
 * Takes the next sending for a process that is about to start, so that no run beside this one, or right after it, starts
 * another. Should that process never get to it, it is due again soon.
 */
export function claim(spool: Spool, now: number): void {
  schedule(spool, failuresIn(spool), now + CLAIM_SECONDS);
}

/** Sends everything that waits, as far as the collector takes it. */
export async function upload(install: Install, endpoint: Endpoint, now: number, random: bigint): Promise<void> {
  const spool = install.spool();
  if (!spool || !disk.lock(spool.path('lock'), now)) return;
  try {
    await sendAll(install, spool, endpoint, now, random);
  } finally {
    disk.remove(spool.path('lock'));
  }
}

async function sendAll(install: Install, spool: Spool, endpoint: Endpoint, now: number, random: bigint): Promise<void> {
  if (!maySend(install, spool)) return;
  const attempt: Attempt = { spool, now, random, failures: failuresIn(spool) + 1 };
  // A sending that is cut off, by the end of the run or of the machine, has failed. That is written down before the
  // network is asked, so that no later run waits for the same silent collector.
  backOff(attempt, undefined);
  spool.seal(sealerOf(install, now, random), random);
  for (const batch of spool.sealed()) {
    if (!maySend(install, spool) || !settle(attempt, batch, await sendBatch(endpoint, batch.bytes))) return;
  }
  schedule(spool, 0, now + PAUSE_SECONDS + spread(random, PAUSE_SECONDS));
}

/** One attempt to send what waits. */
export interface Attempt {
  readonly spool: Spool;
  readonly now: number;
  readonly random: bigint;
  /** Attempts that failed in a row, should this one fail too. */
  readonly failures: number;
}

/** What turns the queue of this tool into batches. */
export function sealerOf(install: Install, now: number, random: bigint) {
  const { vocabulary } = install.tool;
  return { vocabulary, ci: ci(install.around) !== undefined, today: dayOfSeconds(now), random: random ^ (random >> 3n) };
}

function maySend(install: Install, spool: Spool): boolean {
  const { mode, rule } = install.decision();
  if (emptiesTheQueue(rule)) spool.empty();
  return mode === 'on';
}

/** Does what the answer to a batch asks for; answers whether to go on with the next. */
function settle(attempt: Attempt, batch: Sealed, answer: Answer | undefined): boolean {
  if (!answer) return false;
  const { spool, now } = attempt;
  const next = whatNow(answer.status);
  if (next === 'done') {
    addEntry(spool, now, answer.status, batch.bytes);
    spool.drop(batch.id);
  } else if (next === 'again') {
    backOff(attempt, answer.retryAfter);
  } else {
    disk.replace(spool.path('ended'), '410\n');
    spool.empty();
  }
  return next === 'done';
}

/** What an answer means. A redirect, a login page of a hotel, a timeout, too many, or trouble: it stays. */
export function whatNow(status: number): 'done' | 'again' | 'never' {
  if (status === 410) return 'never';
  const again = status < 200 || (status >= 300 && status < 400) || status >= 500;
  return again || [401, 403, 407, 408, 425, 429].includes(status) ? 'again' : 'done';
}

/** The pause doubles with each failure, and is never less than the collector asks for. */
export function backOff({ spool, now, random, failures }: Attempt, retryAfter: number | undefined): void {
  const doubled = Math.min(PAUSE_SECONDS * 2 ** Math.min(failures, 20), BACKOFF_SECONDS_MAX);
  const pause = Math.max(doubled, Math.min(Math.max(retryAfter ?? 0, 0), BACKOFF_SECONDS_MAX));
  schedule(spool, failures, now + pause + spread(random, Math.floor(pause / 2)));
}

/** Attempts that failed in a row. */
function failuresIn(spool: Spool): number {
  return Math.min(Math.max(spool.settings('next').number('failures') ?? 0, 0), 30);
}

function schedule(spool: Spool, failures: number, next: number): void {
  const settings = new Settings();
  settings.set('next', next);
  settings.set('failures', failures);
  disk.replace(spool.path('next'), settings.toString());
}

/** A part of some seconds, by chance. */
function spread(random: bigint, seconds: number): number {
  return Number(random % BigInt(Math.max(seconds, 1)));
}
