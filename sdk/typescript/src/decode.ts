/** Reads batches and receipts as strictly as the collector does, so that both call the same bytes a batch. */

import { parseDay } from './day.js';
import type { Batch, Period, WireEvent } from './wire.js';

/** Depth of nested JSON below a list of fields. */
const NESTING_DEPTH_MAX = 16;
const BATCH_EVENTS_MAX = 1_000;
const PERIODS: readonly Period[] = ['day', 'week', 'month'];

/** What became of a batch. */
export interface Receipt {
  readonly id: string;
  readonly received: number;
  readonly kept: number;
  readonly repeated: number;
  readonly rejected: Readonly<Record<string, number>>;
  readonly folded: number;
  readonly dropped: number;
}

/** A batch of another version than 1. */
export class OtherVersion extends Error {
  override readonly name = 'OtherVersion';
  constructor(readonly version: number) {
    super(`version \`${version}\` is not read here; send \`"v":1\``);
  }
}

/** Reads a batch, or throws an error that says what is wrong and repeats no value. */
export function decodeBatch(text: string): Batch {
  const { v, id, tool, day, first, cohort, catalogue, origin, events } = object(parse(text), 'a batch');
  if (isWhole(v) && v !== 1) throw new OtherVersion(v);
  demand(v === 1, '`v` must be 1');
  demand(typeof id === 'string' && /^[0-9a-f]{32}$/.test(id), '`id` must be 32 lower case hexadecimal digits');
  demand(typeof tool === 'string' && tool !== '', '`tool` must be the name of a tool');
  const parsed = typeof day === 'string' ? parseDay(day) : undefined;
  demand(parsed !== undefined, '`day` must be a day such as "2026-11-22"');
  demand(cohort == null || isMonth(cohort), '`cohort` must be a month such as "2026-09"');
  demand(catalogue == null || typeof catalogue === 'string', '`catalogue` must be a text');
  demand(Array.isArray(events), '`events` to be a list of events');
  demand(events.length <= BATCH_EVENTS_MAX, `a batch has at most ${BATCH_EVENTS_MAX} events`);
  return {
    id,
    tool,
    day: parsed,
    first: periods(first ?? []),
    cohort: cohort ?? undefined,
    catalogue: catalogue ?? undefined,
    origin: fields(origin),
    events: events.map(event),
  };
}

/** A batch, or nothing where these bytes are none: a torn line of a queue. */
export function batchOf(text: string): Batch | undefined {
  try {
    return decodeBatch(text);
  } catch {
    return undefined;
  }
}

/** Reads a receipt, or throws. */
export function decodeReceipt(text: string): Receipt {
  const { id, received, kept, repeated, rejected, folded, dropped } = object(parse(text), 'a receipt');
  demand(typeof id === 'string' && /^[0-9a-f]{32}$/.test(id), '`id` must be 32 lower case hexadecimal digits');
  const counts = { received: count(received), kept: count(kept), repeated: count(repeated) };
  const codes = Object.entries(object(rejected, '`rejected`')).map(([code, n]) => [code, count(n)] as const);
  return { id, ...counts, rejected: Object.fromEntries(codes), folded: count(folded), dropped: count(dropped) };
}

function event(raw: unknown): WireEvent {
  const { event = '', n = 1, fields: said } = object(raw, '`events` to hold objects');
  demand(typeof event === 'string', '`event` must be the name of an event');
  demand(isWhole(n), '`n` must be a whole number');
  return { event, n, fields: fields(said) };
}

function periods(raw: unknown): readonly Period[] {
  const known = Array.isArray(raw) && raw.every((word) => PERIODS.includes(word));
  demand(known, '`first` must be a list of "day", "week" and "month"');
  return PERIODS.filter((period) => raw.includes(period));
}

function fields(raw: unknown): Record<string, unknown> {
  const fields = raw == null ? {} : object(raw, 'an object was expected');
  limit(fields, NESTING_DEPTH_MAX);
  return fields;
}

/** Holds values to the bounds of the wire: depth, finite numbers, whole characters. */
function limit(value: unknown, depth: number): void {
  if (typeof value === 'number') demand(Number.isFinite(value), 'number out of range');
  if (typeof value === 'string') demand(!/\p{Surrogate}/u.test(value), 'half a surrogate pair');
  if (typeof value !== 'object' || value === null) return;
  demand(depth > 0, `nested more than ${NESTING_DEPTH_MAX} deep`);
  Object.values(value).forEach((inner) => limit(inner, depth - 1));
}

/** `JSON.parse`, and an error where an object says a key twice, of which it would take the last. */
function parse(text: string): unknown {
  const json: unknown = JSON.parse(text);
  const open: Set<string>[] = [];
  for (const [token, key] of text.matchAll(/("(?:[^"\\]|\\.)*")\s*:|"(?:[^"\\]|\\.)*"|[{}]/g)) {
    if (token === '{') open.push(new Set());
    else if (token === '}') open.pop();
    else if (key !== undefined) say(open.at(-1), String(JSON.parse(key)));
  }
  return json;
}

function say(keys: Set<string> | undefined, key: string): void {
  demand(!keys?.has(key), `an object says the same key twice: \`${key}\``);
  keys?.add(key);
}

function object(value: unknown, what: string): Record<string, unknown> {
  demand(typeof value === 'object' && value !== null && !Array.isArray(value), `${what}: an object was expected`);
  return value as Record<string, unknown>;
}

function count(value: unknown): number {
  demand(isWhole(value), 'a count must be a whole number');
  return value;
}

function isWhole(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0;
}

function isMonth(value: unknown): value is string {
  return typeof value === 'string' && value.length === 7 && parseDay(`${value}-01`) !== undefined;
}

function demand(holds: boolean, message: string): asserts holds {
  if (!holds) throw new SyntaxError(message);
}
