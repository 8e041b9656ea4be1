/**
 * Turns lines of the queue into batches: one for each day and origin, every field written anew by the judge, equal
 * events counted. The lines may come from an older or newer version of the tool, from its Rust part, or from whoever
 * can write to the queue.
 */

import { checkEvent, checkFields, said } from '../check.js';
import { type Day, dayOfSeconds, dayText } from '../day.js';
import { batchOf } from '../decode.js';
import { ci } from '../environment.js';
import type { Vocabulary } from '../vocabulary.js';
import type { Batch, WireEvent } from '../wire.js';
import type { Install } from './install.js';
import { BATCH_EVENTS_MAX, WAIT_DAYS_MAX } from './limits.js';
import { cohortOf, firstOf, identifierOf } from './memory.js';
import type { Settings } from './settings.js';

/** What turns lines into batches. */
export interface Sealer {
  readonly vocabulary: Vocabulary;
  /** Whether this runs in CI, where no machine is counted and none has an identifier. */
  readonly ci: boolean;
  readonly today: Day;
  /** For an identifier, where a new one is due. */
  readonly random: bigint;
}

/** What turns the queue of this tool into batches. */
export function sealerOf(install: Install, now: number, random: bigint): Sealer {
  const { vocabulary } = install.tool;
  return {
    vocabulary,
    ci: ci(install.around) !== undefined,
    today: dayOfSeconds(now),
    random: random ^ (random >> 3n),
  };
}

/** Events by their name and fields as JSON: a multiset. */
type Multiset = Map<string, WireEvent>;

interface Gathered {
  readonly day: Day;
  readonly origin: Readonly<Record<string, unknown>>;
  readonly events: Multiset;
}

/** Seals lines. `firstId` is the id of the first batch, and the rest count up. */
export function seal(sealer: Sealer, lines: string, memory: Settings, firstId: bigint): Batch[] {
  const sealed: Batch[] = [];
  const gathered = sorted(gather(sealer, lines, memory)).filter(({ events }) => events.size > 0);
  for (const { day, origin, events } of gathered) {
    const all = sorted(events);
    for (let from = 0; from < all.length; from += BATCH_EVENTS_MAX) {
      const id = (firstId + BigInt(sealed.length)).toString(16).padStart(32, '0');
      const counted = sealer.ci ? {} : { first: firstOf(memory, day), cohort: cohortOf(memory, day) };
      const { tool, hash: catalogue } = sealer.vocabulary;
      sealed.push({ id, tool, day, ...counted, catalogue, origin, events: all.slice(from, from + BATCH_EVENTS_MAX) });
    }
  }
  return sealed;
}

/** The lines that can be read. A torn one cannot, and is gone. */
export function batchesIn(lines: string): Batch[] {
  const texts = lines.split('\n').filter((line) => line !== '');
  return texts.map(batchOf).filter((batch) => batch !== undefined);
}

/** How many events some lines hold, each counted as often as it happened. */
export function countIn(lines: string): number {
  return batchesIn(lines).reduce((sum, { events }) => events.reduce((sum, { n }) => sum + n, sum), 0);
}

/** How many events and fields of these lines are not declared, and so stay here. */
export function leftOut(vocabulary: Vocabulary, lines: string): number {
  const ofEvent = (event: WireEvent, day: Day) => {
    const sheet = checkEvent(vocabulary, event, day);
    return typeof sheet === 'string' ? 1 : sheet.dropped;
  };
  return batchesIn(lines).reduce((sum, { events, day }) => events.reduce((sum, it) => sum + ofEvent(it, day), sum), 0);
}

/** Adds an event to a multiset as the judge lets it through; what is not declared is left out. */
export function add(
  multiset: Multiset,
  vocabulary: Vocabulary,
  raw: { event: string; n?: number; fields?: object },
  day: Day,
): void {
  const { event, n = 1 } = raw;
  const sheet = checkEvent(vocabulary, raw, day);
  if (typeof sheet === 'string') return;
  const fields = said(vocabulary.events[event] ?? {}, sheet);
  const key = `${event}\0${JSON.stringify(fields)}`;
  multiset.set(key, { event, n: (multiset.get(key)?.n ?? 0) + n, fields });
}

/** The values of a map in the order of its keys, so that nothing tells when each came. */
export function sorted<T>(map: ReadonlyMap<string, T>): T[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}

function gather(sealer: Sealer, lines: string, memory: Settings): Map<string, Gathered> {
  const gathered = new Map<string, Gathered>();
  for (const { day, origin: told, events } of batchesIn(lines)) {
    if (day + WAIT_DAYS_MAX < sealer.today || day > sealer.today) continue;
    const { origin: declared } = sealer.vocabulary;
    const origin = said(declared, checkFields(declared, withIdentifier(sealer, told, day, memory)));
    const key = `${dayText(day)} ${JSON.stringify(origin)}`;
    const into = gathered.get(key) ?? { day, origin, events: new Map() };
    gathered.set(key, into);
    events.forEach((event) => add(into.events, sealer.vocabulary, event, day));
  }
  return gathered;
}

/** Whoever can write to the queue cannot choose the identifier; the policy does. */
function withIdentifier(sealer: Sealer, told: Readonly<Record<string, unknown>>, day: Day, memory: Settings): object {
  const origin = { ...told };
  for (const [name, kind] of Object.entries(sealer.vocabulary.origin).filter(([, kind]) => 'id' in kind)) {
    const wanted = name === 'machine' && !sealer.ci;
    origin[kind.wire ?? name] = wanted
      ? identifierOf(memory, sealer.vocabulary.identity, day, sealer.random)
      : undefined;
  }
  return origin;
}
