/**
 * What a machine remembers between batches, so that sums of batches count machines and no identifier is needed: the
 * last day it reported, the month it began, and an identifier where the catalogue's policy allows one.
 */

import { type Day, dayText, monthOf, parseDay, weekOf } from '../day.js';
import type { Identity } from '../vocabulary.js';
import type { Period } from '../wire.js';
import type { Settings } from './settings.js';

/** Of which periods a batch about this day is the first, and remembers the day. Late days are the first of nothing. */
export function firstOf(memory: Settings, day: Day): Period[] {
  const last = dayIn(memory, 'last_day');
  const isNew = (start: (day: Day) => Day) => last === undefined || start(day) > start(last);
  const periods: [Period, (day: Day) => Day][] = [
    ['day', (day) => day],
    ['week', weekOf],
    ['month', monthOf],
  ];
  const first = periods.filter(([, start]) => isNew(start)).map(([period]) => period);
  if (first.includes('day')) memory.set('last_day', dayText(day));
  return first;
}

/** The month in which the machine first reported, such as `2026-09`. */
export function cohortOf(memory: Settings, day: Day): string {
  const month = dayText(monthOf(dayIn(memory, 'cohort') ?? day));
  memory.set('cohort', month);
  return month.slice(0, 7);
}

/** The identifier under this policy, made from `random` when there is none or its month is over. */
export function identifierOf(memory: Settings, policy: Identity, day: Day, random: bigint): string | undefined {
  if (policy === 'none') return undefined;
  const month = dayText(monthOf(day));
  const kept = memory.get('identifier');
  if (kept && (policy === 'install' || memory.get('identifier_month') === month)) return kept;
  const identifier = random.toString(16).padStart(32, '0');
  memory.set('identifier', identifier);
  memory.set('identifier_month', month);
  memory.set('identifiers', [...identifiersIn(memory), identifier].join(' '));
  return identifier;
}

/** Every identifier that was ever sent from here, by which data can be deleted. */
export function identifiersIn(memory: Settings): string[] {
  return (memory.get('identifiers') ?? '').split(' ').filter((word) => word !== '');
}

/** Makes sure that what is sent after this has nothing to do with what was sent before. */
export function part(memory: Settings): void {
  ['identifier', 'identifier_month', 'last_day', 'cohort'].forEach((key) => memory.remove(key));
}

function dayIn(memory: Settings, key: string): Day | undefined {
  return parseDay(memory.get(key) ?? '');
}
