/** `export`: everything that is kept here, to be taken away. */

import { asked } from '../asked.js';
import { type Session, misunderstood } from '../command.js';
import { lastError } from '../followed.js';
import { entries } from '../ledger.js';
import { identifiersIn } from '../memory.js';
import { stamp } from './people.js';

/** Everything, as one JSON document; batches stand in it as they were sent. */
export function takeAway(session: Session, words: readonly string[]): number {
  if (words[0] !== undefined) return misunderstood(session, words[0]);
  const spool = session.install.spool();
  const lines = (text: string) =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .map(raw);
  const sent = spool ? entries(spool) : [];
  const before = spool && lastError(spool);
  const document = {
    schema: 1,
    tool: session.install.name,
    identifiers: spool ? identifiersIn(spool.memory()) : null,
    memory: spool ? Object.fromEntries(spool.memory().entries()) : null,
    sent: sent.map(({ number, at, status, bytes }) => ({
      number,
      at: stamp(at),
      status,
      batch: raw(String(bytes)),
    })),
    sealed: spool?.sealed().map(({ bytes }) => raw(String(bytes))) ?? [],
    waiting: spool ? lines(spool.waiting()) : null,
    asked: spool ? asked(spool) : [],
    last_error: before ? { code: before.code, at: stamp(before.at) } : null,
    local: spool ? lines(spool.local()) : null,
  };
  session.write(`${JSON.stringify(document, null, 2)}\n`);
  return 0;
}

/** A line as the JSON it is, or as text when it is none. */
function raw(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return line;
  }
}
