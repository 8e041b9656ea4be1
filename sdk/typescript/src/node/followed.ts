/**
 * What came after an error: the check on what people say about its text. The file `last-error` holds the code that a run
 * ended with, and when; the next run that ends tells what came of it, and the file goes.
 */

import type { RawEvent } from '../check.js';
import { type Fields, type Vocabulary, entryOf } from '../vocabulary.js';
import * as disk from './disk.js';
import { FOLLOWED_SECONDS_MAX } from './limits.js';
import type { Spool } from './spool.js';

/** A code, and when a run ended with it. */
interface Before {
  readonly code: string;
  /** Seconds since 1970. */
  readonly at: number;
}

const FILE = 'last-error';

/** The event that an error was shown, where the catalogue declares one. */
export function shown(vocabulary: Vocabulary, code: string): RawEvent | undefined {
  return aboutCode(vocabulary, vocabulary.errors?.shown, code);
}

/** The event that says what followed the error of an earlier run, where there was one. */
export function followed(
  vocabulary: Vocabulary,
  spool: Spool,
  now: number,
  codes: readonly string[],
): RawEvent | undefined {
  const before = lastError(spool);
  const next = before && nextOf(before, now, codes);
  return next ? aboutCode(vocabulary, vocabulary.errors?.followed, before.code, { next }) : undefined;
}

/** Remembers the last of these codes for the next run, and forgets what an earlier one left. */
export function remember(spool: Spool, now: number, codes: readonly string[]): void {
  const code = codes.at(-1);
  if (code !== undefined) disk.replace(spool.path(FILE), `${code} ${now}\n`);
  else if (disk.size(spool.path(FILE)) > 0) disk.remove(spool.path(FILE));
}

/** An event about a code: its only field of that kind has it. */
export function aboutCode(
  vocabulary: Vocabulary,
  event: string | undefined,
  code: string,
  more: object = {},
): RawEvent | undefined {
  const fields = entryOf(vocabulary.events, event ?? '');
  const name = fields && fieldOf(fields, 'code');
  return event && name ? { event, fields: { [name]: code, ...more } } : undefined;
}

/** The name of the first field of a kind. */
export function fieldOf(fields: Fields, kind: 'code' | 'flag'): string | undefined {
  return Object.keys(fields).find((name) => kind in (fields[name] ?? {}));
}

/** What came next. A clock that was set back tells nothing. */
function nextOf({ code, at }: Before, now: number, codes: readonly string[]): string | undefined {
  if (now < at) return undefined;
  if (now - at > FOLLOWED_SECONDS_MAX) return 'gave_up';
  if (codes.length === 0) return 'success';
  return codes.includes(code) ? 'again' : 'other_error';
}

/** The error that an earlier run ended with; a file that cannot be read is as good as none. */
export function lastError(spool: Spool): Before | undefined {
  const [, code, at] = /^(\S+) (\d+)\n?$/.exec(disk.content(spool.path(FILE)) ?? '') ?? [];
  return code === undefined ? undefined : { code, at: Number(at) };
}
