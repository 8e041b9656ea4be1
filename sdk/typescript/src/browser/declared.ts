/**
 * What may leave a page: an event's fields rewritten from its declaration, in the order of the catalogue, so that only
 * declared words remain and equal events are spelt alike. Stricter than the judge, and smaller: it reads one spelling
 * of a value. No identifier leaves a page.
 */

import { type Edges, type Fields, type Kind, type Logarithm, entryOf } from '../vocabulary.js';

/** As `version()` writes them: numbers, and at most a known channel with a number. */
const VERSION =
  /^\d+\.\d+\.\d+(-(alpha|beta|canary|dev|edge|experimental|insiders|m|next|nightly|other|pre|preview|rc|snapshot|unstable)(\.\d+)?)?$/;

/** The declared fields of an event, by their keys on the wire; those that say nothing are undefined, which JSON leaves out. */
export function declared(fields: Fields, given: object): Record<string, unknown> {
  const said: Record<string, unknown> = {};
  for (const name in fields) {
    const kind = fields[name] as Kind;
    said[kind.wire ?? name] = wordOf(kind, entryOf(given as Record<string, unknown>, name));
  }
  return said;
}

/** The members of a kind that has a closed list. */
type Lists = Partial<Record<'choice' | 'choices' | 'name' | 'code', readonly string[]>>;

function wordOf(kind: Kind, value: unknown): unknown {
  if (value === undefined || value === null) return undefined;
  if ('flag' in kind) return typeof value === 'boolean' ? value : undefined;
  if ('unit' in kind) return Number.isFinite(value) ? coarse(kind, value as number) : undefined;
  if ('version' in kind) return VERSION.test(value as string) ? value : 'other';
  const { choice, choices, name, code } = kind as Lists;
  const members = choices ?? choice ?? name ?? code;
  const word = (value: unknown) => (members?.includes(value as string) ? value : 'other');
  if (!choices) return members && word(value);
  // A set in the order of the catalogue, `other` last.
  const given = Array.isArray(value) ? value.map(word) : [];
  const set = [...choices, 'other'].filter((word) => given.includes(word));
  return set[0] ? set : undefined;
}

/** The number that stands for the bucket of a number, as `numberOf(bucketOf(number))` does in fewer words. */
function coarse(kind: Edges | Logarithm, number: number): number | undefined {
  if ('edges' in kind) return kind.edges.filter((edge) => edge <= number).at(-1) ?? kind.edges[0];
  const { log, min, max } = kind;
  const growth = (1 + log) / (1 - log);
  const steps = (number: number) => Math.log(number / min) / Math.log(growth);
  const step = Math.min(Math.floor(steps(number)), Math.ceil(steps(max)));
  return number < min ? 0 : Number((min * growth ** step * (1 + log)).toPrecision(4));
}
