/**
 * From rows to batches: which events are said, and as which bytes. Events of one sample rate share a batch, whose origin
 * says the rate, so that counts can be weighted.
 */

import { saysOn } from './consent.js';
import { declared } from './declared.js';
import type { Found } from './look.js';
import type { Options } from './options.js';
import type { Line } from './show.js';
import { randomId, today } from './world.js';

/** Equal events as the wire has them, and whether they are said once a day however often they happen. */
export type Row = [
  said: { readonly event: string; n?: number | undefined; readonly fields: object | undefined },
  once: boolean,
];

const WEEK_MS = 604_800_000;
/** 1970-01-01 was a Thursday. */
const THURSDAY_MS = 259_200_000;

/** Decides about each row, and lets batches wait on the shelf. Reports what became of each row, and the bodies. */
export function seal<Events>(
  options: Options<Events>,
  found: Found,
  rows: Iterable<[string, Row]>,
  report: Line[],
): void {
  const { vocabulary, sample, version, origin } = options;
  const { tool, hash: catalogue } = vocabulary;
  const { rule, shelf, lasting } = found;
  const day = today();
  const said = shelf.saidOn(day);
  const bins: Record<string, [string, Row][]> = {};

  for (const [key, row] of rows) {
    const [{ event, n }, once] = row;
    const [oneIn, isIn] = sample?.(vocabulary, shelf, event) ?? [1, true];
    const fate = !saysOn(rule) ? 1 : once && said.includes(key) ? 2 : isIn ? 0 : 3;
    report.push([fate, `${n ?? 1} × ${key}`]);
    if (!fate) (bins[oneIn] ??= []).push([key, row]);
  }
  for (const oneIn in bins) {
    const rows = bins[oneIn] ?? [];
    const id = randomId();
    const starts = [day, Math.floor((Date.parse(day) + THURSDAY_MS) / WEEK_MS), day.slice(0, 7)];
    const { last = [] } = shelf.state();
    const first = ['day', 'week', 'month'].filter((_, at) => lasting && starts[at] !== last[at]);
    const facts = declared(vocabulary.origin, { version, ...origin, one_in: oneIn > '1' ? oneIn : undefined });
    const events = rows.map(([, [said]]) => said);
    const body = JSON.stringify({ v: 1, id, tool, day, first: first[0] && first, catalogue, origin: facts, events });
    report.push([4, body]);
    shelf.keep({ last: starts });
    shelf.add(`${day}:${id}`, [...rows.flatMap(([key, [, once]]) => (once ? key : [])), body]);
  }
}
