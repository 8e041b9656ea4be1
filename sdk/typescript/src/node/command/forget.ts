/** `forget` and `export`: what is kept here, to be deleted or to be taken away. */

import { createInterface } from 'node:readline/promises';
import { type Session, misunderstood } from '../command.js';
import { nameOf, sendForget } from '../http.js';
import { clear, entries } from '../ledger.js';
import { identifiersIn, part } from '../memory.js';
import { isYes } from '../notice.js';
import type { Spool } from '../spool.js';
import { minuteForPeople, ordered } from './people.js';

export async function forget(session: Session, words: readonly string[]): Promise<number> {
  const wrong = words.find((word, position) => word !== '--yes' || position > 0);
  if (wrong !== undefined) return misunderstood(session, wrong);
  const spool = session.install.spool();
  if (!spool) {
    session.write('Nothing is kept here.\n');
    return 0;
  }
  const identifiers = identifiersIn(spool.memory());
  session.write(plan(session, spool, identifiers.length));
  if (words.length === 0 && !(await confirmed(session))) return 1;
  return erase(session, spool, identifiers);
}

function plan({ install }: Session, spool: Spool, identifiers: number): string {
  const here = `This deletes ${entries(spool).length} batches from this machine's ledger, and what waits to be sent`;
  if (identifiers === 0) {
    return `${here}.\nWhat was sent carries no id, so nobody can tell it from what others sent,\nand nobody can take it apart.\n`;
  }
  const endpoint = install.endpoint();
  return (
    `${here}, and asks ${endpoint ? nameOf(endpoint) : ''} to delete\n` +
    `the events sent with this machine's ids (${identifiers} ids).\n` +
    "Counts already added up without any id can't be taken apart.\n"
  );
}

async function confirmed(session: Session): Promise<boolean> {
  if (!session.install.around.terminal.stdin) {
    session.complain('nobody is here to confirm; say `--yes`');
    return false;
  }
  session.write('Continue? [y/N] ');
  const lines = createInterface({ input: session.input });
  for await (const line of lines) return isYes(line);
  return false;
}

/** Asks the collector first: an identifier that it did not forget must stay known here. */
async function erase(session: Session, spool: Spool, identifiers: readonly string[]): Promise<number> {
  const refused = await askTheCollector(session, identifiers);
  spool.empty();
  clear(spool);
  const memory = spool.memory();
  const before = memory.toString();
  part(memory);
  if (refused.length > 0) memory.set('identifiers', refused.join(' '));
  else memory.remove('identifiers');
  if (memory.toString() !== before) spool.remember(memory);
  session.write(refused.length === 0 ? 'Done.\n' : notConfirmed(session, refused));
  return refused.length === 0 ? 0 : 1;
}

function notConfirmed({ install }: Session, refused: readonly string[]): string {
  const contact = install.tool.about?.contact ?? 'the makers of this tool';
  const head = 'Deleted here. The collector did not confirm that it deleted what came with\n';
  return `${head}${refused.join('\n')}\nTry again later, or write to ${contact} and name these ids.\n`;
}

/** The identifiers that the collector did not forget. */
async function askTheCollector({ install }: Session, identifiers: readonly string[]): Promise<string[]> {
  const endpoint = install.endpoint();
  const refused: string[] = [];
  for (const identifier of identifiers) {
    const answer = endpoint && (await sendForget(endpoint, install.name, identifier));
    if (!answer || answer.status < 200 || answer.status >= 300) refused.push(identifier);
  }
  return refused;
}

/** Everything, as one JSON document; batches stand in it as they were sent. */
export function takeAway(session: Session, words: readonly string[]): number {
  if (words[0] !== undefined) return misunderstood(session, words[0]);
  const spool = session.install.spool();
  const lines = (text: string) => text.split('\n').filter((line) => line !== '').map(raw);
  const sent = spool ? entries(spool) : [];
  const document = {
    schema: 1,
    tool: session.install.name,
    sent: sent.map(({ number, at, status, bytes }) => ({ number, at: minuteForPeople(at), status, batch: raw(String(bytes)) })),
    sealed: spool?.sealed().map(({ bytes }) => raw(String(bytes))) ?? [],
    waiting: spool ? lines(spool.waiting()) : null,
    local: spool ? lines(spool.local()) : null,
    identifiers: spool ? identifiersIn(spool.memory()) : null,
  };
  session.write(`${JSON.stringify(ordered(document), null, 2)}\n`);
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
