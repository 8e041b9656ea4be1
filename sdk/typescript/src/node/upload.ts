/**
 * Sends what waits: seals the queue, sends each batch, keeps what was sent, and decides when to come again. One at a
 * time for each user and tool. The choice is read again before every batch.
 */

import { emptiesTheQueue } from '../consent.js';
import * as disk from './disk.js';
import type { Endpoint } from './endpoint.js';
import { type Answer, sendBatch } from './http.js';
import type { Install } from './install.js';
import { addEntry } from './ledger.js';
import { PAUSE_SECONDS } from './limits.js';
import { type Attempt, backOff, failuresIn, schedule, spread } from './schedule.js';
import { sealerOf } from './sealer.js';
import type { Sealed, Spool } from './spool.js';

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
