/**
 * The judge: what is not declared is folded into `other` or dropped, and counted. The same at both ends of the wire;
 * `conformance/check` holds it to that.
 */

import { bucketOf, numberOf } from './bucket.js';
import { type Day, dayText } from './day.js';
import { readVersion } from './version.js';
import { type Fields, type Kind, type Vocabulary, entryOf, membersOf } from './vocabulary.js';

/** An event that is not trusted yet: as a host says it, or as a line of the queue holds it. */
export interface RawEvent {
  readonly event: string;
  readonly n?: number;
  readonly fields?: object;
}

/** A checked value: a flag, a bucket, a member, a version or an identifier, or a set of members. */
export type Value = boolean | number | string | readonly string[];

/** Checked values by the name of their field, and what checking had to leave out. */
export interface Sheet {
  readonly values: Record<string, Value>;
  /** Values that became `other`. */
  folded: number;
  /** Fields that are not declared, or of a type that their declaration does not allow. */
  dropped: number;
  /** Whether a field that takes only codes with pages was given something else. */
  undeclared?: true;
}

/** How often one event may say that it happened. */
const EVENT_COUNT_MAX = 1_000_000;
const ID_CHARACTERS_MAX = 512;

/** Checks an event that happened on `day`: its sheet, or the code under which it is turned away. */
export function checkEvent(vocabulary: Vocabulary, raw: RawEvent, day: Day): Sheet | string {
  const { event, n = 1 } = raw;
  if (!event) return 'event_malformed';
  const refused = entryOf(vocabulary.refused, event);
  if (refused) return refused;
  const fields = entryOf(vocabulary.events, event);
  if (!fields) return 'event_undeclared';
  const expires = entryOf(vocabulary.expires, event);
  if (expires && dayText(day) >= expires) return 'event_expired';
  if (!(n >= 1 && n <= EVENT_COUNT_MAX)) return 'count_out_of_range';
  const sheet = checkFields(fields, raw.fields ?? {});
  return sheet.undeclared ? 'code_undeclared' : (refusalOf(fields, sheet) ?? sheet);
}

/** Checks the fields of an event, or the facts of an origin. */
export function checkFields(fields: Fields, raw: object): Sheet {
  const sheet: Sheet = { values: {}, folded: 0, dropped: 0 };
  fill(fields, sheet, '', raw);
  return sheet;
}

/** The code under which one of the values turns everything away. */
export function refusalOf(fields: Fields, sheet: Sheet): string | undefined {
  for (const [name, value] of Object.entries(sheet.values)) {
    const code = entryOf(fields[name]?.refuse, String(value));
    if (code) return code;
  }
  return undefined;
}

/** Checked values as they are written on the wire, in the order of the catalogue. */
export function said(fields: Fields, sheet: Sheet): Record<string, unknown> {
  const said: Record<string, unknown> = {};
  for (const [name, kind] of Object.entries(fields)) {
    const value = entryOf(sheet.values, name);
    if (value === undefined) continue;
    said[kind.wire ?? name] = typeof value === 'number' && 'unit' in kind ? numberOf(kind, value) : value;
  }
  return said;
}

function fill(fields: Fields, sheet: Sheet, prefix: string, raw: object): void {
  for (const [part, value] of Object.entries(raw)) {
    if (value === null || value === undefined) continue;
    const key = prefix + part;
    const name = nameOf(fields, key);
    if (name !== undefined) keep(fields[name] as Kind, sheet, name, value);
    else if (isObject(value) && Object.keys(value).length > 0) fill(fields, sheet, `${key}.`, value);
    else sheet.dropped++;
  }
}

/** The field that has this key on the wire. */
function nameOf(fields: Fields, key: string): string | undefined {
  const kind = entryOf(fields, key);
  if (kind && kind.wire === undefined) return key;
  return Object.keys(fields).find((name) => fields[name]?.wire === key);
}

/** Keeps a value, or counts the field as dropped when its type is wrong or it has a value already. */
function keep(kind: Kind, sheet: Sheet, name: string, raw: unknown): void {
  if ('drop' in kind) return;
  const value = read(kind, sheet, raw);
  if (value === ABSENT) return;
  if (value === undefined || Object.hasOwn(sheet.values, name)) sheet.dropped++;
  else sheet.values[name] = value;
}

/** What stands for a text that says that there is nothing. */
const ABSENT = '';

/** The value of a field; `undefined` when its type is wrong, {@link ABSENT} when it says nothing. */
function read(kind: Kind, sheet: Sheet, raw: unknown): Value | undefined {
  if ('flag' in kind) return typeof raw === 'boolean' ? raw : undefined;
  if ('unit' in kind) return typeof raw === 'number' && Number.isFinite(raw) ? bucketOf(kind, raw) : undefined;
  if ('choices' in kind) return set(kind.choices, sheet, raw);
  const text = scalarText(raw);
  if ('code' in kind && kind.strict) return code(kind.code, sheet, text);
  if (text === undefined) return undefined;
  if ('id' in kind) return text.length <= ID_CHARACTERS_MAX ? text : undefined;
  return 'version' in kind ? versionText(sheet, text) : member(membersOf(kind) ?? [], sheet, text);
}

function member(members: readonly string[], sheet: Sheet, text: string): string {
  if (text === 'none') return ABSENT;
  if (members.includes(text) || text === ABSENT || text === 'other') return text;
  sheet.folded++;
  return 'other';
}

/** A code that has a page. Votes are counted by it, so nothing else is taken for it, not even `other`. */
function code(codes: readonly string[], sheet: Sheet, text: string | undefined): string {
  if (text === 'none' || text === ABSENT) return ABSENT;
  if (text !== undefined && codes.includes(text)) return text;
  sheet.undeclared = true;
  return ABSENT;
}

/** A set is a list, or one text with commas. `other` comes last. */
function set(members: readonly string[], sheet: Sheet, raw: unknown): Value | undefined {
  if (typeof raw !== 'string' && !Array.isArray(raw)) return undefined;
  const parts: unknown[] = Array.isArray(raw) ? raw : raw.split(',').map((part) => part.trim());
  // A list or an object in the list is a value that is not declared.
  const given = parts.map((part) => member(members, sheet, scalarText(part) ?? '[]'));
  const found = [...members, 'other'].filter((word) => given.includes(word));
  return found.length > 0 ? found : ABSENT;
}

function versionText(sheet: Sheet, text: string): string {
  if (text === ABSENT || text === 'none') return ABSENT;
  const read = readVersion(text);
  if (read ? read.folded : text !== 'other') sheet.folded++;
  return read?.version ?? 'other';
}

/** The text of a scalar: some say `false` or `5` where others say a word. */
function scalarText(raw: unknown): string | undefined {
  if (raw === null || raw === undefined) return ABSENT;
  return typeof raw === 'object' || typeof raw === 'function' || typeof raw === 'symbol' ? undefined : String(raw);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
