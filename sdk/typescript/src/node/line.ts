/** What one run says, as a line of the queue: events as the judge lets them through, and the facts of the origin. */

import type { RawEvent } from '../check.js';
import type { Day } from '../day.js';
import type { Batch, WireEvent } from '../wire.js';
import type { Install } from './install.js';
import { origin } from './origin.js';
import { add, sorted } from './sealer.js';
import { machine } from './surroundings.js';

/** The line of some events that happened on `day`. `random` makes it like no other. */
export function lineOf(install: Install, said: readonly RawEvent[], day: Day, random: bigint): Batch {
  const { vocabulary, version } = install.tool;
  const events = new Map<string, WireEvent>();
  said.forEach((event) => add(events, vocabulary, event, day));
  const facts = origin(
    vocabulary,
    version,
    install.around,
    machine((name) => name in vocabulary.origin),
  );
  return { id: random.toString(16).padStart(32, '0'), tool: vocabulary.tool, day, origin: facts, events: sorted(events) };
}
