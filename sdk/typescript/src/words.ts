/** Texts known only at run time as the words that the catalogue declares. */

import { type Vocabulary, entryOf } from './vocabulary.js';

/** The declared words of a field; for a field that takes several, of one of them. */
export type WordOf<Value> = NonNullable<Value> extends readonly (infer Member)[] ? Member : NonNullable<Value>;

/**
 * The word that a text is, or `other`.
 *
 * ```ts
 * telemetry.record('command_finished', { command: wordOf(acme, 'command_finished', 'command', process.argv[2]) });
 * ```
 */
export function wordOf<Events, Name extends keyof Events & string, Field extends keyof Events[Name] & string>(
  vocabulary: Vocabulary<Events>,
  event: Name,
  field: Field,
  text: string | undefined,
): WordOf<Events[Name][Field]> {
  const kind = entryOf(entryOf(vocabulary.events, event), field) ?? {};
  const known = Object.values(kind).some((members) => Array.isArray(members) && members.includes(text));
  return (known ? text : 'other') as WordOf<Events[Name][Field]>;
}
