/**
 * What waits on this machine: the queue that runs append to, and the batches that were sealed from it. Sealing is
 * repeatable: the ids of the batches follow from the name of the taken queue, which is deleted last.
 */

import { join } from 'node:path';
import { batchOf } from '../decode.js';
import { type Batch, encodeBatch } from '../wire.js';
import { forgetAsked } from './asked.js';
import * as disk from './disk.js';
import { QUEUE_BYTES_MAX, SEALED_BYTES_MAX, WAIT_DAYS_MAX } from './limits.js';
import { type Sealer, countIn, seal } from './sealer.js';
import { Settings } from './settings.js';

/** A sealed batch that waits. */
export interface Sealed {
  readonly id: string;
  readonly bytes: Buffer;
}

/** Events of a queue that was emptied. */
export interface Emptied {
  deleted: number;
  /** Those that could not be deleted. */
  left: number;
}

/** The state folder of one tool. `docs/formats/spool.md` describes every file. */
export class Spool {
  constructor(readonly folder: string) {}

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Appends what one run has to say. */
  append(queue: 'queue' | 'local', line: Batch, random: bigint): void {
    const text = encodeBatch(line);
    const appended = disk.append(this.path(queue), text, QUEUE_BYTES_MAX);
    if (appended === 'contended' && queue === 'queue') disk.replace(this.path(queueName(random)), `\n${text}\n`);
    if (appended === 'full') disk.append(this.path('lost'), '', QUEUE_BYTES_MAX);
  }

  /** Bytes that wait to be sealed. */
  waitingBytes(): number {
    return disk.size(this.path('queue'));
  }

  /** The lines that wait to be sealed, whoever wrote them. */
  waiting(): string {
    const names = [...this.#named('q-'), 'queue'];
    return names.map((name) => `${disk.beforeEnd(disk.bytes(this.path(name)))}\n`).join('');
  }

  /** The lines that are kept here and never sent. */
  local(): string {
    return String(disk.bytes(this.path('local')));
  }

  /** How many runs found no room. */
  lost(): number {
    return Math.floor(disk.size(this.path('lost')) / 2);
  }

  /** Takes the queue and seals everything that was taken, now or by somebody who did not finish. */
  seal(sealer: Sealer, random: bigint): void {
    disk.take(this.path('queue'), this.path(queueName(random)));
    for (const name of this.#named('q-')) {
      const lines = disk.taken(this.path(name));
      if (lines === undefined) continue;
      const memory = this.memory();
      seal(sealer, String(lines), memory, idOf(name)).forEach((batch) => this.#keep(batch));
      this.remember(memory);
      disk.remove(this.path(name));
    }
    this.#makeRoom(sealer.today);
  }

  /** The batches that wait to be sent. */
  sealed(): Sealed[] {
    return this.#named('s-').map((name) => ({ id: name.slice(2), bytes: disk.bytes(this.path(name)) }));
  }

  /** Deletes a batch that was sent or refused. */
  drop(id: string): void {
    disk.remove(this.path(`s-${id}`));
  }

  /** Deletes everything that waits. */
  empty(): Emptied {
    const emptied = { deleted: 0, left: 0 };
    for (const name of disk.names(this.folder).filter((name) => WAITS.test(name))) {
      const events = countIn(String(disk.bytes(this.path(name))));
      emptied[disk.remove(this.path(name)) ? 'deleted' : 'left'] += events;
    }
    forgetAsked(this);
    return emptied;
  }

  memory(): Settings {
    return this.settings('memory');
  }

  remember(memory: Settings): void {
    disk.replace(this.path('memory'), memory.toString());
  }

  /** A small file of settings; one that cannot be read is as good as none. */
  settings(name: string): Settings {
    return Settings.parse(disk.content(this.path(name)) ?? '') ?? new Settings();
  }

  /** Whether the collector ended it for good. */
  hasEnded(): boolean {
    return disk.content(this.path('ended')) !== undefined;
  }

  /** Whether somebody sends. */
  isLocked(): boolean {
    return disk.content(this.path('lock')) !== undefined;
  }

  /** A batch that is there already was sealed before a kill, with flags that memory no longer gives: it stays. */
  #keep(batch: Batch): void {
    const path = this.path(`s-${batch.id}`);
    if (disk.size(path) === 0) disk.replace(path, encodeBatch(batch));
  }

  /** Deletes batches that are too old or too many. */
  #makeRoom(today: number): void {
    let room = SEALED_BYTES_MAX;
    for (const { id, bytes } of this.sealed().reverse()) {
      const day = batchOf(String(bytes))?.day ?? Number.NEGATIVE_INFINITY;
      if (day + WAIT_DAYS_MAX < today || bytes.length > room) this.drop(id);
      else room -= bytes.length;
    }
  }

  #named(prefix: string): string[] {
    return disk.names(this.folder).filter((name) => name.startsWith(prefix));
  }
}

/** The names of what goes when telemetry is switched off. */
const WAITS = new RegExp(`^(${disk.NEW})?(queue$|local$|last-error$|q-|s-)`);

function queueName(random: bigint): string {
  return `q-${(random >> 32n).toString(16).padStart(24, '0')}`;
}

/** The id of the first batch of a taken queue; the following ones count up from it. */
function idOf(name: string): bigint {
  const digits = name.slice(2);
  return /^[0-9a-f]{1,24}$/.test(digits) ? BigInt(`0x${digits}`) << 32n : 0n;
}
