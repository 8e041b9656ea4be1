/**
 * From rows to batches: which events are said, and as which bytes. Events of one sample rate share a batch, whose origin
 * says the rate, so that counts can be weighted.
 */

import { type Found, saysOn } from './consent.js';
import { declared } from './declared.js';
import { ROWS_MAX } from './limits.js';
import type { Options } from './options.js';
import type { Shelf } from './shelf.js';
import type { Line } from './show.js';
import { randomId, today } from './world.js';

/** How often each event was said, by its name, its fields, and whether it is said once a day, as JSON. */
export type Rows = Map<string, number>;

/** What the key of rows has, and that of a batch has not. */
const OPEN = '+';
const DAY_MS = 86_400_000;

/** Lets rows wait on the shelf, with what waits there under this name or, once that was taken, under a new one. */
export function hold(shelf: Shelf, name: string, rows: Rows): string {
  const known = shelf.read(name) as [string, number][];
  const all: Rows = new Map(known);
  for (const [key, n] of rows) all.set(key, (all.get(key) ?? 0) + n);
  const here = known[0] ? name : today() + OPEN + randomId();
  if (rows.size > 0) shelf.write(here, [...all]);
  rows.clear();
  return here;
}

/**
 * Makes batches of the rows that wait, of whichever page, and decides about each. Reports what became of them. A batch
 * is named after its rows: made of them once more, by a page that a quitting browser left them to, it is the same one.
 */
export function seal<Events>(options: Options<Events>, { rule, isLasting }: Found, shelf: Shelf, report: Line[]): void {
  const { vocabulary, sample, version, origin } = options;
  const { tool, hash: catalogue } = vocabulary;
  for (const name of shelf.keys.filter((key) => key.includes(OPEN))) {
    const day = name.slice(0, 10);
    const said = [...shelf.said(day), ...shelf.keys.filter((key) => key.startsWith(day)).flatMap(shelf.read)];
    const bins: Record<string, Said[]> = {};
    for (const [key, n] of shelf.read(name) as [string, number][]) {
      const [event, fields, once] = JSON.parse(key) as [string, object, boolean];
      const [oneIn, isIn] = sample?.(vocabulary, shelf, event) ?? [1, true];
      const fate = !saysOn(rule) ? 1 : once && said.includes(key) ? 2 : isIn ? 0 : 3;
      report.push([fate, key, n]);
      if (!fate) (bins[oneIn] ??= []).push([once ? key : [], { event, n: n > 1 && !once ? n : undefined, fields }]);
    }
    for (const oneIn in bins) {
      const rows = bins[oneIn] as Said[];
      for (let at = 0; rows[at]; at += ROWS_MAX) {
        const batch = rows.slice(at, at + ROWS_MAX);
        const id = `${name}${oneIn}f${at}`.slice(-32);
        // Weeks begin on Mondays, and 1970-01-01 was a Thursday.
        const starts = [day, Math.floor((Date.parse(day) / DAY_MS + 3) / 7), day.slice(0, 7)];
        const { last = [] } = shelf.state();
        // Late days are the first of nothing.
        const first = ['day', 'week', 'month'].filter((_, at) => isLasting && !((starts[at] as string) <= (last[at] as string)));
        const facts = declared(vocabulary.origin, { version, ...origin, one_in: oneIn > '1' ? oneIn : undefined });
        const events = batch.map(([, said]) => said);
        const body = JSON.stringify({ v: 1, id, tool, day, first: first[0] && first, catalogue, origin: facts, events });
        report.push([4, body]);
        if (first[0]) shelf.keep({ last: starts });
        shelf.write(`${day}:${id}`, [...batch.flatMap(([once]) => once), body]);
      }
    }
    shelf.remove(name);
  }
}

/** An event as the wire has it, after its key when it is said once a day. */
type Said = [once: string | [], said: object];
