/**
 * The only file that touches the disk, apart from `surroundings.ts`, which looks at the machine. Everything that is
 * made is for its owner only. `docs/formats/spool.md` says how many processes, of any language, share the files.
 */

import * as fs from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { LOCK_SECONDS_MAX } from './limits.js';

/** The text of a small file; `undefined` when there is none, `null` when it cannot be read or is not text. */
export type Content = string | undefined | null;

/** What became of an appended line. */
export type Appended = 'written' | 'full' | 'contended';

const SMALL_BYTES_MAX = 64 * 1024;
const FILE = 0o600;
/** Windows has no such thing. */
const WITHOUT_WAITING = fs.constants.O_NONBLOCK ?? 0;
/** The line with which whoever takes a file ends it. */
const END = Buffer.from('\nend\n');
/** How often a writer opens a file that is taken away each time before it gives up. */
const ATTEMPTS = 3;
/** How the name of a file begins that is not written to its end yet. */
export const NEW = 'new-';
/** How the name of a file begins that may become a lock. */
const NEW_LOCK = 'new-lock-';

/** Reads a small file. */
export function content(path: string): Content {
  try {
    // Most of these files are not there, and an exception takes longer than the question.
    if (!fs.statSync(path, { throwIfNoEntry: false })) return undefined;
    const bytes = small(path);
    return bytes ? new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) : null;
  } catch (error) {
    return isCode(error, 'ENOENT', 'ENOTDIR') ? undefined : null;
  }
}

/**
 * The bytes of a file that is small; nothing of any other. A project may bring a file that leads to a pipe or a
 * terminal, where opening or reading would wait for somebody to write.
 */
function small(path: string): Buffer | undefined {
  const file = fs.openSync(path, fs.constants.O_RDONLY | WITHOUT_WAITING);
  try {
    const it = fs.fstatSync(file);
    return it.isFile() && it.size <= SMALL_BYTES_MAX ? whole(file) : undefined;
  } finally {
    fs.closeSync(file);
  }
}

/** Reads a file of any size; empty when that cannot be done. */
export function bytes(path: string): Buffer {
  return attempt(() => fs.readFileSync(path)) ?? Buffer.alloc(0);
}

/** Bytes of a file, 0 when there is none. */
export function size(path: string): number {
  return fs.statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** Replaces a file as a whole: readers see the old or the new one. */
export function replace(path: string, bytes: string | Uint8Array): void {
  const temporary = join(dirname(path), NEW + basename(path));
  makeFolderOf(path);
  fs.writeFileSync(temporary, bytes, { mode: FILE });
  fs.renameSync(temporary, path);
}

/** Appends a line to a file that many processes append to and that one may take. The line must be like no other. */
export function append(path: string, line: string | Uint8Array, bytesMax: number): Appended {
  const framed = Buffer.concat([Buffer.from('\n'), Buffer.from(line), Buffer.from('\n')]);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const appended = appendOnce(path, framed, bytesMax);
    if (appended) return appended;
  }
  return 'contended';
}

/** Appends once; nothing where the line stands behind the end of a file that was taken away. */
function appendOnce(path: string, framed: Buffer, bytesMax: number): Appended | undefined {
  const file = openToAppend(path);
  try {
    const opened = fs.fstatSync(file);
    if (opened.size + framed.length - 2 > bytesMax) return 'full';
    fs.writeSync(file, framed);
    const now = fs.statSync(path, { throwIfNoEntry: false });
    if (now?.ino === opened.ino && now.dev === opened.dev) return 'written';
    return cameTooLate(file, framed) ? undefined : 'written';
  } finally {
    fs.closeSync(file);
  }
}

function openToAppend(path: string): number {
  try {
    return fs.openSync(path, 'a+', FILE);
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error;
    makeFolderOf(path);
    return fs.openSync(path, 'a+', FILE);
  }
}

/** Whether a line of ours stands behind the end of a file that was taken away, and so is still to be said. */
export function cameTooLate(file: number, framed: Buffer): boolean {
  const bytes = whole(file);
  const end = bytes.indexOf(END);
  return end >= 0 && bytes.subarray(0, end).indexOf(framed) < 0;
}

/** All bytes of an open file, from its beginning. */
export function whole(file: number): Buffer {
  const bytes = Buffer.alloc(fs.fstatSync(file).size);
  let length = 0;
  for (let read = 1; read > 0; length += read) read = fs.readSync(file, bytes, length, bytes.length - length, length);
  return bytes.subarray(0, length);
}

/** Takes a file away from its writers. */
export function take(path: string, to: string): void {
  attempt(() => fs.renameSync(path, to));
}

/** Ends a file that was taken away, also once more, and reads it up to its end; nothing when that cannot be done. */
export function taken(path: string): Buffer | undefined {
  return attempt(() => {
    const file = fs.openSync(path, fs.constants.O_RDWR | fs.constants.O_APPEND);
    try {
      fs.writeSync(file, END);
      return beforeEnd(whole(file));
    } finally {
      fs.closeSync(file);
    }
  });
}

/** What of a file is its taker's. */
export function beforeEnd(bytes: Buffer): Buffer {
  const end = bytes.indexOf(END);
  return end < 0 ? bytes : bytes.subarray(0, end);
}

/** Deletes a file; that there is none is as good. Answers whether it is gone. */
export function remove(path: string): boolean {
  try {
    fs.unlinkSync(path);
    return true;
  } catch (error) {
    return isCode(error, 'ENOENT', 'ENOTDIR');
  }
}

/** The names in a folder, sorted; none when it cannot be read. */
export function names(folder: string): string[] {
  return (attempt(() => fs.readdirSync(folder)) ?? []).sort();
}

/**
 * Takes a lock, or answers that another process holds it. A lock is born with the number of its holder, by which the
 * dead are known: it is a second name of a file that has the number already.
 */
export function lock(path: string, now: number): boolean {
  const own = join(dirname(path), NEW_LOCK + process.pid);
  makeFolderOf(path);
  remove(own);
  if (!make(own)) return false;
  let taken = link(own, path);
  if (!taken && isAbandoned(path, now)) {
    remove(path);
    taken = link(own, path);
  }
  remove(own);
  if (taken) sweep(dirname(path));
  return taken;
}

function make(path: string): boolean {
  return attempt(() => (fs.writeFileSync(path, String(process.pid), { flag: 'wx', mode: FILE }), true)) ?? false;
}

/** Gives a lock its name, or where files have one name only, makes it. */
function link(own: string, path: string): boolean {
  try {
    fs.linkSync(own, path);
    return true;
  } catch (error) {
    return !isCode(error, 'EEXIST', 'ENOENT') && make(path);
  }
}

/** Deletes what those left who were killed in between. Whoever is in between now finds the lock taken. */
function sweep(folder: string): void {
  for (const name of names(folder)) if (name.startsWith(NEW_LOCK)) remove(join(folder, name));
}

/** Whether the holder of a lock does not live any more, or is older than any sender gets. */
function isAbandoned(path: string, now: number): boolean {
  const made = fs.statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  // Given back this moment: whoever takes it now must not have it taken away.
  if (made === undefined) return false;
  const holder = Number(content(path) || Number.NaN);
  return (holder > 0 && !lives(holder)) || Math.abs(now - made / 1000) > LOCK_SECONDS_MAX;
}

function lives(holder: number): boolean {
  try {
    return process.kill(holder, 0);
  } catch (error) {
    return !isCode(error, 'ESRCH');
  }
}

/** A file that has no name any more once it is handed on: what it holds goes away with the last who has it open. */
export function nameless(path: string, text: string, hand: (file: number) => void): void {
  makeFolderOf(path);
  const file = fs.openSync(path, 'wx+', FILE);
  try {
    fs.writeSync(file, text);
    hand(file);
  } finally {
    fs.closeSync(file);
    remove(path);
  }
}

/** Writes to stderr at once, also when the process ends. */
export function tell(text: string): void {
  attempt(() => fs.writeSync(2, text));
}

/** Reads a line from stdin, and waits for it. */
export function readLine(): string {
  const line: number[] = [];
  const byte = Buffer.alloc(1);
  while ((attempt(() => fs.readSync(0, byte)) ?? 0) > 0 && byte[0] !== 10) line.push(byte[0] ?? 0);
  return Buffer.from(line).toString();
}

function makeFolderOf(path: string): void {
  fs.mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

function isCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
