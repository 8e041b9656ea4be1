/**
 * `mytool explain CODE`: the page of an error code on a terminal, and afterwards, where somebody sits there and it is
 * welcome, the question whether it helped. Reading a page works with telemetry off, and says nothing to anybody.
 */

import { createInterface } from 'node:readline';
import { dayOfSeconds } from '../day.js';
import { attended } from '../environment.js';
import type { ErrorPage } from '../errors.js';
import { entryOf } from '../vocabulary.js';
import type { Streams } from './command.js';
import { Install, type Tool } from './install.js';
import { ANSWER_MS_MAX } from './limits.js';
import { paper } from './paper.js';
import { clock, random, surroundings } from './surroundings.js';
import { type Vote, keep, reasonsOf, recordOf, refusalOf, rememberAsked, rememberNever, wasAsked } from './votes.js';

/** How many codes are named that may have been meant. */
const NEAR_MAX = 3;

/** One call. */
interface Reading {
  readonly install: Install;
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly error: NodeJS.WritableStream;
  readonly patience: AbortSignal | undefined;
}

/** Runs `words`, those after `explain`; answers the exit code: 0 shown, 2 no such code. */
export async function explain(tool: Tool, words: readonly string[], streams: Streams = {}): Promise<number> {
  const { input = process.stdin, output = process.stdout, error = process.stderr, patience } = streams;
  const reading: Reading = { install: new Install(tool, streams.around ?? surroundings()), input, output, error, patience };
  const pages = tool.pages ?? {};
  const code = words[0]?.toUpperCase();
  const page = code === undefined ? undefined : entryOf(pages, code);
  if (code !== undefined && page && words.length === 1) {
    output.write(pageOf(reading.install, code, page));
    await ask(reading, code);
    return 0;
  }
  if (code === undefined) {
    output.write(Object.entries(pages).map(([code, { title }]) => `${code}\n  ${title}\n`).join(''));
    return 0;
  }
  error.write(`error: ${unknown(reading.install.name, words.join(' '), Object.keys(pages))}\n`);
  return 2;
}

/** The page of a code as a text. */
export function pageOf(install: Install, code: string, page: ErrorPage): string {
  const { terminal, variables } = install.around;
  const has = terminal.stdout && !variables['NO_COLOR'] && variables['TERM'] !== 'dumb';
  const bold = (text: string) => (has ? `\x1b[1m${text}\x1b[0m` : text);
  const { docs } = install.tool.vocabulary.errors ?? {};
  const facts = [
    page.removed === undefined ? '' : `Not raised any more since ${page.removed}.\n`,
    page.seeAlso?.length ? `See also: ${page.seeAlso.join(', ')}\n` : '',
    docs === undefined ? '' : `On the web: ${docs}${code}\n`,
  ].join('');
  const sections = page.sections.map(([heading, text]) => `\n${bold(heading)}\n${paper(text)}`).join('');
  return `${bold(`${code}: ${page.title}`)}\n${sections}${facts && `\n${facts}`}`;
}

/** One line about a word that is no code. It is not repeated when it is no word. */
function unknown(tool: string, word: string, codes: readonly string[]): string {
  const wanted = word.toUpperCase();
  const near = codes.map((code) => [distance(wanted, code), code] as const).sort(([a], [b]) => a - b);
  const names = near.slice(0, NEAR_MAX).map(([, code]) => code);
  const named = /^\w+$/.test(word) ? `\`${word}\`` : 'that';
  return `${named} is no error code of ${tool}${names.length > 0 ? `; near it: ${names.join(', ')}` : ''}`;
}

/** How many letters are to be changed, left out or put in. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, position) => position);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const [above = 0, left = 0, corner = 0] = [row[j], next[j - 1], row[j - 1]];
      next.push(Math.min(above + 1, left + 1, corner + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** Asks whether a page helped: somebody who sits at a terminal, once a code and month, and only where it is welcome. */
async function ask(reading: Reading, code: string): Promise<void> {
  const { install, error } = reading;
  const spool = install.spool();
  if (!install.around.terminal.stdin || !attended(install.around) || !spool) return;
  const now = clock();
  if (refusalOf(install) !== undefined || wasAsked(spool, code, now)) return;
  rememberAsked(spool, code, now);
  const vote: Vote = { code, helpful: true, surface: 'terminal' };
  const told = install.decision().mode === 'on' ? 'Sent with a yes' : 'Kept on this machine with a yes';
  error.write(`\n${told}: ${JSON.stringify(recordOf(install, vote, dayOfSeconds(now)))}\n`);
  error.write('Was this helpful? [y]es [n]o [s]kip [never] ');
  const answers = new Answers(reading);
  const word = (await answers.next())?.toLowerCase() ?? '';
  if (word === 'never') {
    rememberNever(spool, true, now);
    error.write(`It will not be asked again; ${install.command} feedback on would.\n`);
  } else if (['y', 'yes'].includes(word)) {
    keep(install, vote, now, random());
  } else if (['n', 'no'].includes(word)) {
    keep(install, { ...vote, helpful: false, reason: await why(reading, answers) }, now, random());
  }
  answers.end();
}

/** Why it did not help, from a closed list; nothing where nobody says. */
async function why({ install, error }: Reading, answers: Answers): Promise<string | undefined> {
  const reasons = reasonsOf(install.tool.vocabulary);
  if (reasons.length === 0) return undefined;
  const list = reasons.map((reason, index) => `[${index + 1}] ${reason.replaceAll('_', ' ')}`);
  error.write(`Why not? ${list.join('  ')}  [s]kip\n`);
  return reasons[Number(await answers.next()) - 1];
}

/** Lines that somebody types, each within a time. */
class Answers {
  readonly #lines;
  readonly #patience: AbortSignal | undefined;
  #typed: (string | undefined)[] = [];
  #heard = () => {};

  constructor({ input, patience }: Reading) {
    this.#patience = patience;
    this.#lines = createInterface({ input });
    // Nobody types any more once the input is closed.
    this.#lines.on('line', (line) => this.#hear(line)).on('close', () => this.#hear(undefined));
  }

  /** The next line; nothing when nobody types one in time, or nobody can. */
  async next(): Promise<string | undefined> {
    const signal = this.#patience ?? AbortSignal.timeout(ANSWER_MS_MAX);
    if (this.#typed.length === 0 && !signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#heard = resolve;
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
    }
    return this.#typed.shift()?.trim();
  }

  /** Lets go of the input, so that the process can end. */
  end(): void {
    this.#lines.close();
  }

  #hear(line: string | undefined): void {
    this.#typed.push(line);
    this.#heard();
  }
}
