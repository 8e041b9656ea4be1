/**
 * What a page holds: record, flush, close. Recording puts a row into a map and nothing else; whether it may be said,
 * was said already, or is sampled out is decided in an idle moment or when the page ends. Nothing here throws.
 */

import { entryOf } from '../vocabulary.js';
import { PROP_OFF, UNATTENDED, emptiesTheQueue, saysOn } from './consent.js';
import { declared } from './declared.js';
import { deliveryOf } from './deliver.js';
import { type Found, look } from './look.js';
import type { Options, Telemetry } from './options.js';
import { type Row, seal } from './seal.js';
import type { Line } from './show.js';
import { later, onTurn, world } from './world.js';

/** So many rows stay far below the 64 KiB that a closing page may send. */
const ROWS_MAX = 50;
const WAIT_MS_MAX = 8_000;
const RETRY_MS = 60_000;

/** Opens telemetry. What surrounds it, and what waits from an earlier page, is looked at in an idle moment. */
export function open<Events>(options: Options<Events>): Telemetry<Events> {
  const { vocabulary, endpoint = vocabulary.endpoint } = options;
  const rows = new Map<string, Row>();
  const report: Line[] = [];
  let found: Found | undefined;
  let deliver: ReturnType<typeof deliveryOf> | undefined;
  let wait = 0;
  let closed = false;
  let leaving = false;
  let scheduled = false;

  const looked = () => (found ??= look(options));

  const flush = async () => {
    try {
      const { rule, debug, shelf } = looked();
      const on = saysOn(rule);
      if (emptiesTheQueue(rule)) shelf.clear();
      if (rows.size > 0) wait = Math.min(wait * 2 || 1, WAIT_MS_MAX);
      seal(options, looked(), rows, report);
      rows.clear();
      closed ||= !on && !debug;
      deliver ??= deliveryOf(endpoint, shelf, report);
      if (on && debug !== true && !(await deliver())) {
        wait = RETRY_MS;
        schedule();
      }
      const lines = report.splice(0);
      if (debug && lines[0]) (await import('./show.js')).show(vocabulary.tool, rule, lines);
    } catch {
      // Whatever a page did to what we stand on is not told to the page.
    }
  };

  /** A page that says little says it at once; one that says much waits twice as long from batch to batch. */
  const schedule = () => {
    if (leaving) void Promise.resolve().then(flush);
    if (scheduled || closed) return;
    scheduled = true;
    later(wait, () => {
      scheduled = false;
      void flush();
    });
  };

  const add = (once: boolean) => (event: string, given: object = {}) => {
    try {
      const kinds = entryOf(vocabulary.events, event);
      if (closed || !kinds) return;
      const fields = declared(kinds, given);
      const key = event + JSON.stringify(fields);
      const row = rows.get(key)?.[0];
      if (!row) rows.set(key, [{ event, fields: key.endsWith('{}') ? undefined : fields }, once]);
      else if (!once) row.n = (row.n ?? 1) + 1;
      if (rows.size < ROWS_MAX) schedule();
      else void flush();
    } catch {
      // The same.
    }
  };

  if (world.document) {
    onTurn((leaves) => {
      leaving = leaves;
      if (leaves) void flush();
    });
    schedule();
  }
  const rule = () => {
    try {
      return looked().rule;
    } catch {
      return UNATTENDED;
    }
  };
  const close = () => {
    const sent = flush();
    closed = true;
    return sent;
  };
  const disable = () => {
    rule();
    if (found) found = { ...found, rule: PROP_OFF };
    void close();
  };
  return { record: add(false), recordOnce: add(true), flush, rule, close, disable } as Telemetry<Events>;
}
