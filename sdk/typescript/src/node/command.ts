/**
 * `mytool telemetry`: what holds, what was sent, and how to change it. From arguments and streams. Data goes to the
 * output, everything else to the error stream. Nothing here claims what it has not done.
 */

import { type Decision, MODES, type Mode, variablesOf } from '../consent.js';
import { explain } from './command/explain.js';
import { takeAway } from './command/export.js';
import { feedback } from './command/feedback.js';
import { forget } from './command/forget.js';
import { inspect } from './command/inspect.js';
import { counted } from './command/people.js';
import { status } from './command/status.js';
import { Install, NO_URL, type Tool } from './install.js';
import { identifiersIn, part } from './memory.js';
import type { Emptied } from './spool.js';
import { type Surroundings, clock, random, surroundings } from './surroundings.js';

/** Where a command reads and writes; without them, the process's own. */
export interface Streams {
  readonly input?: NodeJS.ReadableStream | undefined;
  readonly output?: NodeJS.WritableStream | undefined;
  readonly error?: NodeJS.WritableStream | undefined;
  /** Taken for what surrounds the process instead of looking around. For tests. */
  readonly around?: Surroundings | undefined;
  /** Ends the wait for an answer, instead of the clock. For tests. */
  readonly patience?: AbortSignal | undefined;
}

/** One call of the command. */
export interface Session {
  readonly install: Install;
  readonly input: NodeJS.ReadableStream;
  readonly now: number;
  readonly random: bigint;
  write(text: string | Uint8Array): void;
  complain(text: string): void;
}

/** A subcommand: its name, what comes after it, and what it does. Answers the exit code. */
export interface Subcommand {
  readonly name: string;
  readonly arguments: string;
  readonly about: string;
  readonly run: (session: Session, words: readonly string[]) => number | Promise<number>;
}

/** Every subcommand, in the order in which they are shown. Without one, `status` runs. */
export const SUBCOMMANDS: readonly Subcommand[] = [
  { name: 'status', arguments: '[--json | --quiet]', about: 'what holds, why, and where the files are', run: status },
  { name: 'enable', arguments: '', about: 'record and send', run: (session, words) => choose(session, 'on', words) },
  {
    name: 'disable',
    arguments: '',
    about: 'neither record nor send, and delete what waits',
    run: (session, words) => choose(session, 'off', words),
  },
  {
    name: 'local',
    arguments: '',
    about: 'record on this machine, and never send',
    run: (session, words) => choose(session, 'local', words),
  },
  {
    name: 'inspect',
    arguments: '[NUMBER] [--last N | --next] [--raw] [--explain]',
    about: 'what was sent, or would be sent next',
    run: inspect,
  },
  { name: 'explain', arguments: '[FIELD]', about: 'what may be sent, from the catalogue', run: explain },
  {
    name: 'feedback',
    arguments: '[on | off]',
    about: 'whether you are asked if the page of an error helped',
    run: feedback,
  },
  {
    name: 'forget',
    arguments: '[--yes | --check RECEIPT]',
    about: 'delete what is kept here, and ask the collector to delete what was sent',
    run: forget,
  },
  { name: 'export', arguments: '', about: 'everything that is kept here, as JSON', run: takeAway },
];

/** Runs `words`, those after `telemetry`; answers the exit code: 0 done, 1 not done, 2 not understood. */
export async function runCommand(tool: Tool, words: readonly string[], streams: Streams = {}): Promise<number> {
  const { input = process.stdin, output = process.stdout, error = process.stderr } = streams;
  const session: Session = {
    install: new Install(tool, streams.around ?? surroundings()),
    input,
    now: clock(),
    random: random(),
    write: (text) => output.write(text),
    complain: (text) => error.write(`error: ${text}\n`),
  };
  return run(session, words);
}

/** Runs a command at the time and with the chance of its session. */
export async function run(session: Session, words: readonly string[]): Promise<number> {
  const [name = 'status', ...rest] = words;
  if (name === 'help' || asksForHelp(name)) {
    session.write(usage(session.install));
    return 0;
  }
  const subcommand = SUBCOMMANDS.find((it) => it.name === name);
  if (!subcommand) return misunderstood(session, name);
  if (!rest.some(asksForHelp)) return subcommand.run(session, rest);
  // Whoever asks what a word does has not said it.
  const line = `Usage: ${session.install.command} ${name} ${subcommand.arguments}`;
  session.write(`${name}: ${subcommand.about}\n\n${line.trimEnd()}\n`);
  return 0;
}

function asksForHelp(word: string): boolean {
  return word === '--help' || word === '-h';
}

/** Says that a word makes no sense here. */
export function misunderstood(session: Session, word: string): number {
  session.complain(`\`${word}\` is not understood; \`${session.install.command} help\` shows what is`);
  return 2;
}

function usage({ name, command }: Install): string {
  const lines = SUBCOMMANDS.map((it) => `  ${it.name.padEnd(9)}${it.about}\n`);
  const head = `What ${name} tells its makers, and how to change it.\n\nUsage: ${command} [COMMAND]\n`;
  return `${head}\nCommands:\n${lines.join('')}`;
}

/** Saves a choice, and says what holds now. */
function choose(session: Session, mode: Mode, words: readonly string[]): number {
  const { install } = session;
  if (words[0] !== undefined) return misunderstood(session, words[0]);
  try {
    install.saveChoice(mode);
  } catch (error) {
    return notSaved(session, error);
  }
  if (mode === 'off') return left(session);
  session.write(`${chosen(install, mode, install.decision())}\n`);
  return 0;
}

/** Does what follows from an off that was saved, and says what became of what was recorded before. */
function left(session: Session): number {
  const { deleted, left } = leave(session.install);
  const waited = counted(deleted, 'waiting event was', 'waiting events were');
  session.write(`Telemetry is off for you on this machine. ${waited} deleted.\n${ofWhatWasSent(session.install)}\n`);
  return left === 0 ? 0 : notDeleted(session);
}

/** What can be done about what was sent. */
function ofWhatWasSent(install: Install): string {
  const memory = install.spool()?.memory();
  if (memory && identifiersIn(memory).length > 0) return `To delete what was already sent: ${install.command} forget`;
  if (memory?.number('sent') === undefined) return 'Nothing was sent before.';
  return 'What was already sent carries no id: nobody can tell it from what others sent.';
}

/** Says that a file of the state folder could not be written. */
export function notWritten({ complain }: Session, path: string, error: unknown): number {
  complain(`\`${path}\` could not be written (${reasonOf(error)}), so nothing was changed`);
  return 1;
}

/** Says that something in the state folder is still there. */
export function notDeleted({ install, complain }: Session): number {
  complain(`not everything in \`${install.folders?.state ?? ''}\` could be deleted`);
  return 1;
}

/** Empties the queue, and sees to it that nothing sent later has to do with what was sent before. */
function leave(install: Install): Emptied {
  const spool = install.spool();
  if (!spool) return { deleted: 0, left: 0 };
  const memory = spool.memory();
  const before = memory.toString();
  part(memory);
  if (memory.toString() !== before) spool.remember(memory);
  return spool.empty();
}

function chosen(install: Install, mode: Mode, { mode: held, rule }: Decision): string {
  const { command } = install;
  if (MODES.indexOf(held) < MODES.indexOf(mode)) {
    return `Saved: ${mode}. But telemetry is ${held}: ${install.reason(rule)}.`;
  }
  if (mode === 'local') return `Telemetry is local for you on this machine: recorded, and never sent.\nSee it: ${command} export`;
  if (!install.endpoint()) return `Saved: on. But nothing is sent: ${NO_URL}.`;
  return `Telemetry is on for you on this machine.\nSee it: ${command} inspect`;
}

function notSaved({ install, complain }: Session, error: unknown): number {
  const path = install.folders?.choice ?? 'a home folder';
  const { disabled } = variablesOf(install.name);
  const off = `\`${disabled}=1\` switches it off without a file`;
  complain(`\`${path}\` could not be written (${reasonOf(error)}), so nothing was changed; ${off}`);
  return 1;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
