/**
 * Votes on the texts of errors. A vote has a consent of its own: it is recorded after an explicit answer and never else,
 * at most once a code and month. The file `votes` remembers which codes were asked about in this month, and `never`.
 */

import { variablesOf } from '../consent.js';
import { type Day, dayOfSeconds, dayText } from '../day.js';
import { switchOf } from '../environment.js';
import { type Vocabulary, entryOf } from '../vocabulary.js';
import * as disk from './disk.js';
import { aboutCode, fieldOf } from './followed.js';
import type { Install } from './install.js';
import { lineOf } from './line.js';
import type { RawEvent } from '../check.js';
import type { Spool } from './spool.js';

/** What somebody said about the text of an error. */
export interface Vote {
  readonly code: string;
  readonly helpful: boolean;
  readonly reason?: string | undefined;
  readonly surface: 'docs' | 'overlay' | 'terminal';
}

const FILE = 'votes';
const NEVER = 'never';

/** Why nobody is asked and no vote is taken; nothing where votes are welcome. */
export function refusalOf(install: Install): string | undefined {
  const { mode, rule } = install.decision();
  const spool = install.spool();
  if (mode === 'off' || !spool) return install.reason(rule);
  const name = feedbackVariable(install);
  if (switchOf(install.around, name) === false) return `${name}=${install.around.variables[name]?.trim()} in the environment`;
  if (isNever(spool)) return `you chose so; ${install.command} feedback on would ask again`;
  return canVote(install.tool.vocabulary) ? undefined : 'the catalogue declares no event of a vote';
}

/** Whether the catalogue declares what a vote says. */
export function canVote(vocabulary: Vocabulary): boolean {
  const fields = entryOf(vocabulary.events, vocabulary.errors?.vote ?? '');
  return fields !== undefined && fieldOf(fields, 'code') !== undefined && fieldOf(fields, 'flag') !== undefined;
}

/** The reasons that the catalogue allows. */
export function reasonsOf(vocabulary: Vocabulary): readonly string[] {
  const reason = entryOf(entryOf(vocabulary.events, vocabulary.errors?.vote ?? ''), 'reason');
  return reason && 'choice' in reason ? reason.choice : [];
}

/** The event of a vote: what the catalogue declares of it, and no more. */
export function eventOf(vocabulary: Vocabulary, { code, helpful, ...more }: Vote): RawEvent {
  const event = vocabulary.errors?.vote ?? '';
  const fields = entryOf(vocabulary.events, event) ?? {};
  const said = Object.entries(more).filter(([name, word]) => word !== undefined && Object.hasOwn(fields, name));
  const flag = fieldOf(fields, 'flag') ?? '';
  return aboutCode(vocabulary, event, code, { [flag]: helpful, ...Object.fromEntries(said) }) ?? { event };
}

/** Exactly what a vote says, as people are shown it before. */
export function recordOf(install: Install, vote: Vote, day: Day): object {
  const { tool, origin, events } = lineOf(install, [eventOf(install.tool.vocabulary, vote)], day, 0n);
  return { tool, day: dayText(day), origin, events: events.map(({ event, fields }) => ({ event, fields })) };
}

/** Records a vote in the queue, or where telemetry is local on this machine. */
export function keep(install: Install, vote: Vote, now: number, random: bigint): void {
  const line = lineOf(install, [eventOf(install.tool.vocabulary, vote)], dayOfSeconds(now), random);
  install.spool()?.append(install.decision().mode === 'on' ? 'queue' : 'local', line, random);
}

/** Whether somebody was asked about a code in this month. */
export function wasAsked(spool: Spool, code: string, now: number): boolean {
  return lines(spool).includes(`${monthOf(now)} ${code}`);
}

/** Remembers that somebody was asked about a code. */
export function rememberAsked(spool: Spool, code: string, now: number): void {
  write(spool, now, [...lines(spool), `${monthOf(now)} ${code}`]);
}

/** Forgets which codes somebody was asked about, and keeps that somebody wants never to be asked. */
export function forgetAsked(spool: Spool, now: number): void {
  write(spool, now, isNever(spool) ? [NEVER] : []);
}

/** Whether somebody wants never to be asked. What cannot be read may have said so. */
export function isNever(spool: Spool): boolean {
  return lines(spool).includes(NEVER);
}

/** Remembers that somebody wants never to be asked, or forgets it. */
export function rememberNever(spool: Spool, never: boolean, now: number): void {
  const others = lines(spool).filter((line) => line !== NEVER);
  write(spool, now, never ? [NEVER, ...others] : others);
}

/** `ACME_FEEDBACK`: `0` means that nobody is asked. */
export function feedbackVariable({ name }: Install): string {
  return variablesOf(name).telemetry.replace(/TELEMETRY$/, 'FEEDBACK');
}

function lines(spool: Spool): string[] {
  const content = disk.content(spool.path(FILE));
  return content === null ? [NEVER] : (content ?? '').split('\n').filter((line) => line !== '');
}

/** Months that are over tell nothing that is needed. */
function write(spool: Spool, now: number, all: readonly string[]): void {
  const kept = all.filter((line) => line === NEVER || line.startsWith(`${monthOf(now)} `));
  if (kept.length === 0) disk.remove(spool.path(FILE));
  else disk.replace(spool.path(FILE), kept.map((line) => `${line}\n`).join(''));
}

function monthOf(now: number): string {
  return dayText(dayOfSeconds(now)).slice(0, 7);
}
