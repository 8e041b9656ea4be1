/** What was sent, byte for byte, for its owner to read: `<number> <minute> <status> <batch>`, a line for each batch. */

import * as disk from './disk.js';
import { LEDGER_BYTES_MAX } from './limits.js';
import type { Spool } from './spool.js';

/** A batch that was sent. */
export interface Entry {
  /** Counted from 1, never again for another batch. */
  readonly number: number;
  /** When, in seconds since 1970, to the minute. */
  readonly at: number;
  /** What the collector answered. */
  readonly status: number;
  readonly bytes: Buffer;
}

/** Adds a batch to the ledger. */
export function addEntry(spool: Spool, at: number, status: number, bytes: Uint8Array): void {
  const memory = spool.memory();
  const number = (memory.number('sent') ?? 0) + 1;
  memory.set('sent', number);
  memory.set('sent_last', at);
  if (number === 1) memory.set('sent_first', at);
  spool.remember(memory);
  const line = Buffer.concat([Buffer.from(`${number} ${Math.floor(at / 60)} ${status} `), bytes]);
  const path = spool.path('ledger');
  if (disk.append(path, line, LEDGER_BYTES_MAX) !== 'full') return;
  disk.replace(path, Buffer.concat([newerHalf(disk.bytes(path)), Buffer.from('\n'), line, Buffer.from('\n')]));
}

/** What was sent, oldest first. */
export function entries(spool: Spool): Entry[] {
  return linesOf(disk.bytes(spool.path('ledger'))).flatMap(entry);
}

/** Deletes it; answers whether it is gone. */
export function clear(spool: Spool): boolean {
  return disk.remove(spool.path('ledger'));
}

function entry(line: Buffer): Entry[] {
  const [head, number, minute, status] = /^(\d+) (\d+) (\d{1,5}) /.exec(line.toString('latin1')) ?? [];
  if (head === undefined) return [];
  const bytes = line.subarray(head.length);
  return [{ number: Number(number), at: Number(minute) * 60, status: Number(status), bytes }];
}

/** The lines of the second half. */
function newerHalf(bytes: Buffer): Buffer {
  const middle = Math.floor(bytes.length / 2);
  return bytes.subarray(Math.max(bytes.indexOf('\n', middle), middle));
}

function linesOf(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let from = 0, end; from < bytes.length; from = end + 1) {
    end = bytes.indexOf('\n', from);
    end = end < 0 ? bytes.length : end;
    lines.push(bytes.subarray(from, end));
  }
  return lines;
}
