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
import { BACKOFF_SECONDS_MAX, PAUSE_SECONDS } from './limits.js';
import { Settings } from './settings.js';
import type { Sealed, Spool } from './spool.js';

/** Whether it is time to send. A clock that was set back does not stop it. */
export function isDue(spool: Spool, now: number): boolean {
  const next = spool.settings('next').number('next') ?? 0;
  return now >= next || next > now + 2 * BACKOFF_SECONDS_MAX;
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
  spool.seal(sealerOf(install, now, random), random);
  for (const batch of spool.sealed()) {
    if (!maySend(install, spool)) return;
    if (!settle(spool, batch, await sendBatch(endpoint, batch.bytes), now, random)) return;
  }
  schedule(spool, 0, now + PAUSE_SECONDS + spread(random, PAUSE_SECONDS));
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
function settle(spool: Spool, batch: Sealed, answer: Answer | undefined, now: number, random: bigint): boolean {
  const next = answer ? whatNow(answer.status) : 'again';
  if (next === 'done') {
    addEntry(spool, now, answer?.status ?? 0, batch.bytes);
    spool.drop(batch.id);
  } else if (next === 'again') {
    backOff(spool, answer?.retryAfter, now, random);
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
export function backOff(spool: Spool, retryAfter: number | undefined, now: number, random: bigint): void {
  const failures = Math.min(Math.max(spool.settings('next').number('failures') ?? 0, 0), 30) + 1;
  const doubled = Math.min(PAUSE_SECONDS * 2 ** Math.min(failures, 20), BACKOFF_SECONDS_MAX);
  const pause = Math.max(doubled, Math.min(Math.max(retryAfter ?? 0, 0), BACKOFF_SECONDS_MAX));
  schedule(spool, failures, now + pause + spread(random, Math.floor(pause / 2)));
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
