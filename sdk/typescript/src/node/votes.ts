/**
 * Votes on the texts of errors. A vote has a consent of its own: it is recorded after an explicit answer and never else,
 * at most once a code and month.
 */

import type { RawEvent } from '../check.js';
import { variablesOf } from '../consent.js';
import { type Day, dayOfSeconds, dayText } from '../day.js';
import { switchOf } from '../environment.js';
import { type Vocabulary, entryOf } from '../vocabulary.js';
import { isNever } from './asked.js';
import { aboutCode, fieldOf } from './followed.js';
import type { Install } from './install.js';
import { lineOf } from './line.js';

/** What somebody said about the text of an error. */
export interface Vote {
  readonly code: string;
  readonly helpful: boolean;
  readonly reason?: string | undefined;
  readonly surface: 'docs' | 'overlay' | 'terminal';
}

/** Whether somebody who reads a page may be asked, or which refusal stands against it. */
export type Asking = 'yes' | 'no_votes' | 'off' | 'variable' | 'never';

/** Whether a vote is welcome. */
export function asking(install: Install): Asking {
  const spool = install.spool();
  if (!canVote(install.tool.vocabulary)) return 'no_votes';
  if (install.decision().mode === 'off' || !spool) return 'off';
  if (switchOf(install.around, feedbackVariable(install)) === false) return 'variable';
  return isNever(spool) ? 'never' : 'yes';
}

/** Why no vote is taken; nothing where it is welcome. */
export function refusalOf(install: Install): string | undefined {
  const name = feedbackVariable(install);
  const reasons: Readonly<Record<Asking, string | undefined>> = {
    yes: undefined,
    no_votes: `${install.name} does not want to know`,
    off: install.reason(install.decision().rule),
    variable: `${name}=${install.around.variables[name]?.trim()} in the environment`,
    never: `you chose so; ${install.command} feedback on changes that`,
  };
  return reasons[asking(install)];
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
  const { mode } = install.decision();
  // It was switched off while somebody was asked.
  if (mode === 'off') return;
  const line = lineOf(install, [eventOf(install.tool.vocabulary, vote)], dayOfSeconds(now), random);
  install.spool()?.append(mode === 'on' ? 'queue' : 'local', line, random);
}

/** `ACME_FEEDBACK`: `0` means that nobody is asked. */
export function feedbackVariable({ name }: Install): string {
  return variablesOf(name).telemetry.replace(/TELEMETRY$/, 'FEEDBACK');
}
