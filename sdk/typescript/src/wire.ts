/**
 * The bytes of one batch: `docs/reference/wire.md` describes them, `conformance/wire` holds all to the same spelling.
 */

import { type Day, dayText } from './day.js';

/** What one upload carries, and what one run appends to the queue. */
export interface Batch {
  /** 32 hexadecimal digits by which the collector recognises a repeat. */
  readonly id: string;
  readonly tool: string;
  readonly day: Day;
  /** Of which periods it is the machine's first, in the order day, week, month. */
  readonly first?: readonly Period[];
  /** The month in which the machine was first seen, such as `2026-09`. */
  readonly cohort?: string | undefined;
  /** A short hash of the catalogue. */
  readonly catalogue?: string | undefined;
  readonly origin: Readonly<Record<string, unknown>>;
  readonly events: readonly WireEvent[];
}

/** A period of which a batch can be the first. */
export type Period = 'day' | 'week' | 'month';

/** One event of a batch, and how often it happened. */
export interface WireEvent {
  readonly event: string;
  readonly n: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The one spelling of a batch: keys in this order, nothing that is at its default, no white space. */
export function encodeBatch(batch: Batch): string {
  const { id, tool, day, first, cohort, catalogue, origin, events } = batch;
  return JSON.stringify({
    v: 1,
    id,
    tool,
    day: dayText(day),
    first: first?.length ? first : undefined,
    cohort,
    catalogue,
    origin,
    events: events.map(written),
  });
}

function written({ event, n, fields }: WireEvent): object {
  return { event, n: n === 1 ? undefined : n, fields: Object.keys(fields).length > 0 ? fields : undefined };
}
