/** `status`: what holds, by which rule, where it goes, what waits and what was sent. */

import type { Mode } from '../../consent.js';
import { dayOfSeconds, monthOf } from '../../day.js';
import { ci } from '../../environment.js';
import { type Session, misunderstood } from '../command.js';
import { nameOf } from '../endpoint.js';
import { type Install, NO_URL, says } from '../install.js';
import { countIn } from '../sealer.js';
import { asking } from '../votes.js';
import { sentence } from './feedback.js';
import { counted, dayForPeople, minuteForPeople, pathForPeople, stamp } from './people.js';

const COLOURS: Readonly<Record<Mode, number>> = { on: 32, local: 33, off: 31 };

export function status(session: Session, words: readonly string[]): number {
  const [word] = words;
  if (word === '--quiet' && words.length === 1) return session.install.decision().mode === 'off' ? 1 : 0;
  if (word === '--json' && words.length === 1) session.write(`${JSON.stringify(json(session.install))}\n`);
  else if (word === undefined) session.write(text(session));
  else return misunderstood(session, word);
  return 0;
}

function text({ install, now }: Session): string {
  const { mode, rule } = install.decision();
  const saved = says(install.choice());
  const isOther = saved !== mode && saved !== 'nothing' && saved !== 'unreadable';
  const { local, lost, waiting, failures, next, ...sent } = figures(install);
  const { vocabulary } = install.tool;
  const fields = [vocabulary.origin, ...Object.values(vocabulary.events)].flatMap(Object.values);
  const spoken = fields.filter((kind) => !('drop' in kind)).length;
  const some = (label: string, count: number, one: string, many: string) =>
    count > 0 ? `     ${label}: ${counted(count, one, many)}` : '';
  const kept = some('Kept here', local, 'event', 'events');
  const attempts = counted(failures, 'attempt', 'attempts in a row');
  const isFailing = failures > 0 && next !== undefined;
  return [
    `Telemetry: ${coloured(install, mode)}\n`,
    `Reason:    ${install.reason(rule)}${isOther ? `   (saved setting: ${saved})` : ''}\n`,
    `Sends to:  ${endpoint(install)} (${spoken} fields, catalogue ${vocabulary.hash})\n`,
    `Waiting:   ${counted(waiting, 'event', 'events')}${kept}     Sent: ${sentText(sent)}${some('No room for', lost, 'run', 'runs')}\n`,
    isFailing ? `Failed:    ${attempts} to send; not again before ${minuteForPeople(next)}\n` : '',
    `Id:        ${identity(install, now)}\n`,
    `Feedback:  ${sentence(install)}\n`,
    `Files:     ${files(install)}\n`,
  ].join('');
}

function json(install: Install): object {
  const { mode, rule } = install.decision();
  const { count, first, last, local, lost, waiting, failures, next } = figures(install);
  const saved = says(install.choice());
  return {
    schema: 1,
    tool: install.name,
    mode,
    enabled: mode === 'on',
    rule,
    reason: install.reason(rule),
    saved: saved === 'nothing' ? null : saved,
    endpoint: endpoint(install),
    catalogue: install.tool.vocabulary.hash,
    queued: waiting,
    local,
    no_room: lost,
    failures,
    not_before: optionally(next),
    sent: { count, first: optionally(first), last: optionally(last) },
    feedback: { asked: asking(install) === 'yes', reason: sentence(install) },
    id: { policy: install.tool.vocabulary.identity },
    files: { choice: install.folders?.choice ?? null, state: install.folders?.state ?? null },
  };
}

/** What waits and what was sent. */
function figures(install: Install) {
  const spool = install.spool();
  const memory = spool?.memory();
  const next = spool?.settings('next');
  const sealed = (spool?.sealed() ?? []).map(({ bytes }) => countIn(String(bytes)));
  return {
    waiting: sealed.reduce((sum, count) => sum + count, countIn(spool?.waiting() ?? '')),
    /** Recorded never to be sent. */
    local: countIn(spool?.local() ?? ''),
    lost: spool?.lost() ?? 0,
    /** Attempts to send that failed in a row. */
    failures: Math.max(next?.number('failures') ?? 0, 0),
    /** When it may be sent again. */
    next: next?.number('next'),
    count: memory?.number('sent') ?? 0,
    first: memory?.number('sent_first'),
    last: memory?.number('sent_last'),
  };
}

function sentText({
  count,
  first,
  last,
}: {
  count: number;
  first: number | undefined;
  last: number | undefined;
}): string {
  if (first === undefined || last === undefined) return 'nothing yet';
  return `${counted(count, 'batch', 'batches')} since ${dayForPeople(dayOfSeconds(first))}, last ${minuteForPeople(last)}`;
}

function optionally(seconds: number | undefined): string | null {
  return seconds === undefined ? null : stamp(seconds);
}

function endpoint(install: Install): string {
  const endpoint = install.endpoint();
  return endpoint ? nameOf(endpoint) : `nowhere: ${NO_URL}`;
}

function identity(install: Install, now: number): string {
  if (ci(install.around)) return 'none in CI';
  const { identity } = install.tool.vocabulary;
  if (identity === 'none') return 'none; a batch says whether it is the first of its day, week or month';
  if (identity === 'install') return `a random number, new after ${install.command} disable`;
  const next = monthOf(monthOf(dayOfSeconds(now)) + 31);
  return `a random number that changes every month (next: ${dayForPeople(next)})`;
}

function files(install: Install): string {
  if (!install.folders) return 'none, for there is no home folder';
  const { choice, state } = install.folders;
  return `${pathForPeople(install, choice)}, ${pathForPeople(install, state)}/`;
}

/** A word in colour, where there is colour and for people who want it (no-color.org). */
function coloured({ around: { terminal, variables } }: Install, mode: Mode): string {
  const has = terminal.stdout && !variables['NO_COLOR'] && variables['TERM'] !== 'dumb';
  return has ? `\x1b[${COLOURS[mode]}m${mode}\x1b[0m` : mode;
}
