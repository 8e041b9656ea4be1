/**
 * What a page holds: record, flush, close. Recording puts a row into a map and nothing else. When the task that said it
 * ends, it is decided what may be said, and that waits in the browser's storage, where a browser that quits leaves it.
 * Nothing here throws.
 */

import { entryOf } from '../vocabulary.js';
import { type Found, PROP_OFF, UNATTENDED, look } from './consent.js';
import { declared } from './declared.js';
import { type Underway, deliver } from './deliver.js';
import { RETRY_MS, WAIT_MS_MAX, WAIT_MS_MIN } from './limits.js';
import type { Options, Telemetry } from './options.js';
import { type Rows, hold, seal } from './seal.js';
import type { Line } from './show.js';
import { later, onTurn, world } from './world.js';

/** Opens telemetry. What surrounds it, and what waits from an earlier page, is looked at in an idle moment. */
export function open<Events>(options: Options<Events>): Telemetry<Events> {
  const { vocabulary, endpoint = vocabulary.endpoint } = options;
  const rows: Rows = new Map();
  const report: Line[] = [];
  const underway: Underway = {};
  let found: Found | undefined;
  let name = '';
  let wait = 0;
  let closed = false;
  let resting = false;

  const looked = (): Found => {
    try {
      return (found ??= look(options));
    } catch {
      return { rule: UNATTENDED };
    }
  };

  /**
   * Lets what was said wait on the shelf, which outlives a browser that quits, and sends what waits, unless that is to
   * wait. A page that says little says it at once; one that says much waits twice as long from time to time.
   */
  const work = async (isDue?: boolean) => {
    try {
      const around = looked();
      const { rule, debug, shelf } = around;
      closed ||= !shelf;
      if (!shelf) return;
      name = hold(shelf, name, rows);
      if (!isDue) return;
      seal(options, around, shelf, report);
      if (shelf.keys[0] && debug !== true) {
        const isFirst = !resting;
        resting = true;
        wait = (await deliver(endpoint, shelf, underway, report)) ? Math.min(wait * 2 || WAIT_MS_MIN, WAIT_MS_MAX) : RETRY_MS;
        if (isFirst) later(wait, rested);
      }
      const lines = report.splice(0);
      if (debug && lines[0]) (await import('./show.js')).show(vocabulary.tool, rule, lines);
    } catch {
      // Whatever a page did to what we stand on is not told to the page.
    }
  };
  const flush = () => work(true);
  const rested = () => {
    resting = false;
    void flush();
  };

  const said = (once: boolean) => (event: string, given: object = {}) => {
    try {
      const kinds = entryOf(vocabulary.events, event);
      if (closed || !kinds) return;
      const key = JSON.stringify([event, declared(kinds, given), once]);
      // A page that nobody sees may end without another word.
      if (rows.size < 1) void Promise.resolve().then(() => work(!resting || world.document?.hidden));
      rows.set(key, (rows.get(key) ?? 0) + 1);
    } catch {
      // The same.
    }
  };

  if (world.document) {
    onTurn(flush);
    later(0, flush);
  }
  return {
    record: said(false),
    recordOnce: said(true),
    flush,
    close() {
      const sent = flush();
      closed = true;
      return sent;
    },
    disable() {
      looked().shelf?.clear();
      found = { rule: PROP_OFF };
      closed = true;
    },
    rule: () => looked().rule,
  } as Telemetry<Events>;
}
