/** `forget`: deletes what is kept here, and asks the collector to delete what was sent with ids that it can show. */

import { createInterface } from 'node:readline/promises';
import { dayOfSeconds } from '../../day.js';
import { entryOf } from '../../vocabulary.js';
import { type Session, misunderstood, notDeleted } from '../command.js';
import { nameOf } from '../endpoint.js';
import { type Answer, askForgotten, sendForget } from '../http.js';
import { clear, entries } from '../ledger.js';
import { identifiersIn, part } from '../memory.js';
import { isYes } from '../notice.js';
import type { Settings } from '../settings.js';
import type { Spool } from '../spool.js';
import { counted, dayForPeople } from './people.js';

export async function forget(session: Session, words: readonly string[]): Promise<number> {
  const [option, receipt = ''] = words;
  if (option === '--check' && words.length === 2 && RECEIPT.test(receipt)) return check(session, receipt);
  const wrong = words.find((word, position) => word !== '--yes' || position > 0);
  if (wrong !== undefined) return misunderstood(session, wrong);
  const spool = session.install.spool();
  if (!spool) {
    session.write('Nothing is kept here.\n');
    return 0;
  }
  const identifiers = identifiersIn(spool.memory());
  session.write(plan(session, spool, identifiers.length));
  if (words.length === 0 && !(await confirmed(session))) {
    session.write('Nothing was deleted.\n');
    return 1;
  }
  return erase(session, spool, identifiers);
}

function plan({ install }: Session, spool: Spool, identifiers: number): string {
  const here = `This deletes ${counted(entries(spool).length, 'batch', 'batches')} from this machine's ledger, and what waits to be sent.\n`;
  if (identifiers === 0) {
    const why = 'What was sent carries no id, so nobody can tell it from what others sent,\n';
    return `${here}${why}and nobody can take it apart.\n`;
  }
  const endpoint = install.endpoint();
  return (
    `${here}It asks ${endpoint ? nameOf(endpoint) : ''} to delete what was sent with this\n` +
    `machine's ids (${sentWith(identifiers, spool.memory())}).\n` +
    "Counts already added up without any id can't be taken apart.\n"
  );
}

/** `2 ids, 1 Oct 2026 to 20 Nov 2026`. */
function sentWith(count: number, memory: Settings): string {
  const sent = ['sent_first', 'sent_last'].map((key) => memory.number(key)).filter((seconds) => seconds !== undefined);
  const days = new Set(sent.map((seconds) => dayForPeople(dayOfSeconds(seconds))));
  const ids = counted(count, 'id', 'ids');
  return days.size > 0 ? `${ids}, ${[...days].join(' to ')}` : ids;
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
  const answers = await askTheCollector(session, identifiers);
  const { left } = spool.empty();
  const isCleared = clear(spool);
  const memory = spool.memory();
  const before = memory.toString();
  part(memory);
  if (answers.refused.length > 0) memory.set('identifiers', answers.refused.join(' '));
  else memory.remove('identifiers');
  if (memory.toString() !== before) spool.remember(memory);
  if (left > 0 || !isCleared) return notDeleted(session);
  session.write(erased(session, identifiers.length, answers));
  return answers.refused.length === 0 ? 0 : 1;
}

/** What a collector said about some identifiers. */
interface Answers {
  /** Those that it did not confirm. */
  readonly refused: string[];
  /** For those under which it had something. */
  readonly receipts: string[];
}

function erased({ install }: Session, identifiers: number, { refused, receipts }: Answers): string {
  const kept = receipts.map(
    (receipt) => `Receipt ${receipt} (keep it: ${install.command} forget --check ${receipt})\n`,
  );
  if (refused.length > 0) {
    const contact = install.tool.about?.contact ?? 'the makers of this tool';
    const head = 'Deleted here. The collector did not confirm that it deleted what came with\n';
    return `${head}${refused.join('\n')}\nTry again later, or write to ${contact} and name these ids.\n${kept.join('')}`;
  }
  const nothing =
    identifiers > 0 && receipts.length === 0 ? ' The collector had nothing that came with these ids.' : '';
  return `Done.${nothing}\n${kept.join('')}`;
}

async function askTheCollector({ install }: Session, identifiers: readonly string[]): Promise<Answers> {
  const endpoint = install.endpoint();
  const answers: Answers = { refused: [], receipts: [] };
  for (const identifier of identifiers) {
    const said = jsonOf(endpoint && (await sendForget(endpoint, install.name, identifier)));
    if (!said) answers.refused.push(identifier);
    else if (typeof said['receipt'] === 'string' && RECEIPT.test(said['receipt']))
      answers.receipts.push(said['receipt']);
  }
  return answers;
}

/** How far a deletion is, in words, by what the collector calls it. */
const STATES: Readonly<Record<string, readonly [number, string]>> = {
  hidden: [0, 'no answer counts it any more; what is on disk is being rewritten'],
  erased: [0, 'deleted, from the disk of the collector too'],
  unknown: [1, 'not known to the collector: mistyped, or all that was kept under it has expired'],
};

/** Says how far a deletion is. */
async function check({ install, write }: Session, receipt: string): Promise<number> {
  const endpoint = install.endpoint();
  const said = jsonOf(endpoint && (await askForgotten(endpoint, receipt)));
  const state = entryOf(STATES, String(said?.['state']));
  const [code, text] = state ?? [1, 'the collector did not answer; try again later'];
  write(`Receipt ${receipt}: ${text}.\n`);
  return code;
}

/** The object that a collector answered, if it answered well. */
function jsonOf(answer: Answer | undefined): Record<string, unknown> | undefined {
  if (answer?.status !== 200) return undefined;
  try {
    const json: unknown = JSON.parse(answer.body);
    return typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Letters, digits and `-`, a few of them: nothing else goes into a URL or on a terminal. */
const RECEIPT = /^[A-Za-z0-9-]{1,32}$/;
