/** `inspect`: what was sent, or would be sent next, exactly or in words. */

import { dayText } from '../../day.js';
import { batchOf } from '../../decode.js';
import type { Fields } from '../../vocabulary.js';
import { type Batch, encodeBatch } from '../../wire.js';
import { type Session, misunderstood } from '../command.js';
import { entries } from '../ledger.js';
import { leftOut, seal, sealerOf } from '../sealer.js';
import type { Spool } from '../spool.js';
import { counted, minuteForPeople } from './people.js';

/** What to show, and how. */
interface Wanted {
  number?: number;
  last?: number;
  next?: boolean;
  raw?: boolean;
  explain?: boolean;
}

export function inspect(session: Session, words: readonly string[]): number {
  const wanted: Wanted = {};
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (!understand(wanted, word, rest)) return misunderstood(session, word);
  }
  const spool = session.install.spool();
  if (!spool) nothing(session);
  else if (wanted.next) next(session, spool, wanted);
  else return sent(session, spool, wanted);
  return 0;
}

function understand(wanted: Wanted, word: string, rest: string[]): boolean {
  if (word === '--next') wanted.next = true;
  else if (word === '--raw') wanted.raw = true;
  else if (word === '--explain') wanted.explain = true;
  else if (word === '--last') return /^\d+$/.test(((wanted.last = Number(rest[0] ?? Number.NaN)), rest.shift() ?? ''));
  else return /^#*\d+$/.test(word) && ((wanted.number = Number(word.replace(/^#+/, ''))), true);
  return true;
}

function nothing({ install, write }: Session): void {
  write(`Nothing was sent yet. What would be sent next: ${install.command} inspect --next\n`);
}

/** Batches of the ledger. */
function sent(session: Session, spool: Spool, wanted: Wanted): number {
  const all = entries(spool);
  const { number, last = 1 } = wanted;
  const shown =
    number === undefined ? all.slice(Math.max(all.length - last, 0)) : all.filter((it) => it.number === number);
  const [oldest, newest] = [all[0], all.at(-1)];
  if (shown.length === 0 && oldest && newest && number !== undefined) {
    session.write(`#${number} is not in the ledger, which goes from #${oldest.number} to #${newest.number}.\n`);
    return 1;
  }
  if (shown.length === 0) nothing(session);
  for (const { number, at, status, bytes } of shown) {
    if (wanted.raw) {
      raw(session, bytes);
      continue;
    }
    const answered = status >= 200 && status < 300 ? 'accepted' : 'refused';
    inWords(session, `#${number}  sent ${minuteForPeople(at)}  →  ${status} ${answered}`, bytes, wanted);
    session.write(`Copy as sent: ${session.install.command} inspect ${number} --raw\n`);
  }
  return 0;
}

/** What waits, as it would be sent now. Nothing is sealed by looking at it. */
function next(session: Session, spool: Spool, wanted: Wanted): void {
  const { install, now, random } = session;
  const waiting = spool.waiting();
  const sealed = seal(sealerOf(install, now, random), waiting, spool.memory(), random);
  const batches = [
    ...spool.sealed().map(({ bytes }) => bytes),
    ...sealed.map((batch) => Buffer.from(encodeBatch(batch))),
  ];
  if (batches.length === 0) session.write('Nothing waits to be sent.\n');
  for (const bytes of batches) wanted.raw ? raw(session, bytes) : inWords(session, 'next', bytes, wanted);
  const dropped = leftOut(install.tool.vocabulary, waiting);
  if (dropped > 0 && !wanted.raw) {
    const are = counted(dropped, 'field or event is', 'fields or events are');
    session.write(`${are} dropped before sending: not in the catalogue\n`);
  }
}

/** The very bytes; on a terminal with a line break, so that the prompt does not follow them. */
function raw({ install, write }: Session, bytes: Uint8Array): void {
  write(bytes);
  if (install.around.terminal.stdout) write('\n');
}

/** A batch in words. */
function inWords({ install, write }: Session, head: string, bytes: Uint8Array, wanted: Wanted): void {
  write(`${head}  (${bytes.length} bytes)\n`);
  const batch = batchOf(Buffer.from(bytes).toString());
  if (!batch) return;
  const { vocabulary, about } = install.tool;
  write(`  ${dayText(batch.day)}${firstInWords(batch)}\n`);
  write(fieldLines(batch.origin, vocabulary.origin, wanted.explain ? about?.origin : undefined));
  for (const { event, n, fields } of batch.events) {
    write(`  ${event}${n === 1 ? '' : `  ${n} times`}\n`);
    write(fieldLines(fields, vocabulary.events[event], wanted.explain ? about?.events[event]?.fields : undefined));
  }
}

function firstInWords({ first = [], cohort }: Batch): string {
  return (first.length > 0 ? `, first of its ${first.join(', ')}` : '') + (cohort ? `, machine since ${cohort}` : '');
}

function fieldLines(said: object, declared: Fields = {}, about?: Readonly<Record<string, string>>): string {
  const lines = Object.entries(said).map(([key, value]) => {
    const name = Object.keys(declared).find((name) => (declared[name]?.wire ?? name) === key);
    const text = about && name ? about[name] : undefined;
    const json = JSON.stringify(value);
    return `    ${key.padEnd(16)} ${text === undefined ? json : `${json.padEnd(20)} ${text}`}\n`;
  });
  return lines.join('');
}
