/**
 * `mytool explain CODE`: the page of an error code on a terminal, and afterwards, where somebody sits there and it is
 * welcome, the question whether it helped. Reading a page works with telemetry off, and says nothing to anybody.
 */

import { createInterface } from 'node:readline';
import { rememberAsked, rememberNever, wasAsked } from './asked.js';
import { dayOfSeconds } from '../day.js';
import { attended } from '../environment.js';
import type { ErrorPage } from '../errors.js';
import { entryOf } from '../vocabulary.js';
import type { Streams } from './command.js';
import { Install, type Tool } from './install.js';
import { ANSWER_MS_MAX } from './limits.js';
import { paper, wrapped } from './paper.js';
import { clock, random, surroundings } from './surroundings.js';
import { type Vote, asking, keep, reasonsOf, recordOf } from './votes.js';

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

/** Runs `words`, those after `explain`; answers the exit code: 0 explained, 2 not understood. */
export async function explain(tool: Tool, words: readonly string[], streams: Streams = {}): Promise<number> {
  const { input = process.stdin, output = process.stdout, error = process.stderr, patience } = streams;
  const reading: Reading = { install: new Install(tool, streams.around ?? surroundings()), input, output, error, patience };
  const [word, second] = words;
  if (second !== undefined) return misunderstood(reading, `\`${plain(second)}\` is one word too many`);
  if (word === undefined || ['help', '--help', '-h'].includes(word)) {
    output.write(list(reading.install));
    return 0;
  }
  const code = word.toUpperCase().replaceAll('-', '_');
  const page = entryOf(tool.pages, code);
  if (!page) return misunderstood(reading, unknown(reading.install, code));
  output.write(pageOf(reading.install, code, page));
  // Whoever asked for a page has it; what becomes of a question does not change how the command ends.
  await ask(reading, code).catch(() => {});
  return 0;
}

/** The page of a code as a text. */
export function pageOf(install: Install, code: string, page: ErrorPage): string {
  const { terminal, variables } = install.around;
  const has = terminal.stdout && !variables['NO_COLOR'] && variables['TERM'] !== 'dumb';
  const bold = (text: string) => (has ? `\x1b[1m${text}\x1b[0m` : text);
  const { docs } = install.tool.vocabulary.errors ?? {};
  const removed = page.removed === undefined ? '' : `, not raised since ${page.removed}`;
  const [first, ...others] = page.seeAlso ?? [];
  const seeAlso = first && wrapped('See also: ', ' '.repeat(10), [`${install.word('explain')} ${first}`, ...others].join(', '));
  return [
    `${bold(`${code}: ${page.title}`)}\n`,
    `${page.severity}, since ${page.since}${removed}\n`,
    page.note === undefined ? '' : `${wrapped('', '', page.note)}\n`,
    ...page.sections.map(([heading, text]) => `\n${bold(heading)}\n\n${paper(text)}`),
    seeAlso || docs ? '\n' : '',
    seeAlso ? `${seeAlso}\n` : '',
    docs === undefined ? '' : `On the web: ${docs}${code}\n`,
  ].join('');
}

/** Every code with its title. */
function list(install: Install): string {
  const pages = Object.entries(install.tool.pages ?? {});
  const width = Math.max(0, ...pages.map(([code]) => code.length));
  const lines = pages.map(([code, { title }]) => `  ${code.padEnd(width)}  ${title}\n`);
  const head = `The errors of ${install.name}. ${install.word('explain')} CODE tells what one means, and how to fix it.\n`;
  return `${head}\n${lines.join('')}`;
}

function unknown(install: Install, code: string): string {
  const close = Math.ceil(code.length / 3);
  const codes = Object.keys(install.tool.pages ?? {}).map((known) => [distance(code, known), known] as const);
  const near = codes.filter(([edits]) => edits <= close).sort(([a, x], [b, y]) => a - b || (x < y ? -1 : 1));
  const names = near.slice(0, NEAR_MAX).map(([, known]) => known);
  const hint = names.length > 0 ? `near it: ${names.join(', ')}` : `\`${install.word('explain')}\` lists all`;
  return `\`${plain(code)}\` is no error code of ${install.name}; ${hint}`;
}

function misunderstood({ error }: Reading, why: string): number {
  error.write(`error: ${why}\n`);
  return 2;
}

/** What somebody typed, as it may stand in a line. */
function plain(text: string): string {
  return text.replace(/\p{Cc}/gu, ' ');
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
  if (!install.around.terminal.stdin || !attended(install.around) || !spool || asking(install) !== 'yes') return;
  const now = clock();
  if (wasAsked(spool, code, now)) return;
  // Where it cannot be remembered nobody is asked: it would come each time.
  rememberAsked(spool, code, now);
  const yes: Vote = { code, helpful: true, surface: 'terminal' };
  const told = install.decision().mode === 'on' ? 'Sent with a yes' : 'Kept on this machine with a yes';
  error.write(`\n${told}: ${JSON.stringify(recordOf(install, yes, dayOfSeconds(now)))}\n`);
  error.write('Was this helpful? [y]es [n]o [s]kip [never] ');
  const answers = new Answers(reading);
  const word = await answers.next();
  if (word === undefined) error.write('\n');
  else if (word === 'never') {
    rememberNever(spool, true);
    error.write(`It will not be asked again; ${install.command} feedback on would.\n`);
  } else if (['y', 'yes', 'n', 'no'].includes(word)) {
    const vote = word.startsWith('y') ? yes : { ...yes, helpful: false, reason: await why(reading, answers) };
    keep(install, vote, now, random());
    error.write('Thank you.\n');
  }
  answers.end();
}

/** What was wrong with a page, from a closed list; nothing where nobody says. */
async function why({ install, error }: Reading, answers: Answers): Promise<string | undefined> {
  const reasons = reasonsOf(install.tool.vocabulary);
  if (reasons.length === 0) return undefined;
  const list = reasons.map((reason, index) => `[${index + 1}] ${reason.replaceAll('_', ' ')}  `).join('');
  error.write(`Why not? ${list}[s]kip `);
  const answer = await answers.next();
  if (answer === undefined) error.write('\n');
  return reasons[Number(answer) - 1];
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
    return this.#typed.shift()?.trim().toLowerCase();
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
