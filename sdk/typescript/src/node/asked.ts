/**
 * The file `votes`: which error codes somebody was asked about in this month, and whether never to ask again. A file
 * that cannot be read may have said so.
 */

import { dayOfSeconds, dayText } from '../day.js';
import * as disk from './disk.js';

/** The state folder, as far as it is needed here. */
interface Places {
  path(name: string): string;
}

/** Its name in the state folder. */
export const FILE = 'votes';
const NEVER = 'never';

/** Whether somebody was asked about a code in this month. */
export function wasAsked(spool: Places, code: string, now: number): boolean {
  return lines(spool).includes(`${monthOf(now)} ${code}`);
}

/** Remembers that somebody was asked about a code. */
export function rememberAsked(spool: Places, code: string, now: number): void {
  // Months that are over tell nothing that is needed.
  const kept = lines(spool).filter((line) => line === NEVER || line.startsWith(`${monthOf(now)} `));
  write(spool, [...kept, `${monthOf(now)} ${code}`]);
}

/** The lines about codes: `2026-11 ACME_DISK_FULL`. */
export function asked(spool: Places): string[] {
  return lines(spool).filter((line) => line !== NEVER);
}

/** Forgets which codes somebody was asked about, and keeps that somebody wants never to be asked. */
export function forgetAsked(spool: Places): void {
  if (asked(spool).length > 0) write(spool, isNever(spool) ? [NEVER] : []);
}

/** Whether somebody wants never to be asked. What cannot be read may have said so. */
export function isNever(spool: Places): boolean {
  return lines(spool).includes(NEVER);
}

/** Remembers that somebody wants never to be asked, or forgets it. */
export function rememberNever(spool: Places, never: boolean): void {
  write(spool, [...asked(spool), ...(never ? [NEVER] : [])]);
}

function lines(spool: Places): string[] {
  const content = disk.content(spool.path(FILE));
  return content === null ? [NEVER] : (content ?? '').split('\n').filter((line) => line !== '');
}

/** In one order, whoever writes: the codes, and then `never`. */
function write(spool: Places, all: readonly string[]): void {
  const sorted = [...all.filter((line) => line !== NEVER), ...all.filter((line) => line === NEVER)];
  if (sorted.length === 0) disk.remove(spool.path(FILE));
  else disk.replace(spool.path(FILE), sorted.map((line) => `${line}\n`).join(''));
}

function monthOf(now: number): string {
  return dayText(dayOfSeconds(now)).slice(0, 7);
}
