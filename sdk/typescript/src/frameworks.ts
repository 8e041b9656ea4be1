/**
 * The names under which frameworks let a variable through to the browser. One table for all of them: whoever is used
 * to one framework's spelling is understood in every other.
 */

/** Variables as a bundler or a process hands them over; `import.meta.env` holds booleans too. */
export type Variables = Readonly<Record<string, unknown>>;

/** What stands before a name: nothing; Next.js; Vite; Astro and SvelteKit; Nuxt. */
export const PREFIXES = ['', 'NEXT_PUBLIC_', 'VITE_', 'PUBLIC_', 'NUXT_PUBLIC_'];

/** Every value that a variable has under one of its names: trimmed, in lower case, and not empty. */
export function valuesOf(sources: readonly Variables[], name: string): string[] {
  const values = sources.flatMap((variables) => PREFIXES.map((prefix) => variables[prefix + name] ?? ''));
  return values.map((value) => `${value}`.trim().toLowerCase()).filter(Boolean);
}

/** Whether a variable is set under one of its names, and not to a word for no. */
export function isSet(sources: readonly Variables[], name: string): boolean {
  return valuesOf(sources, name).some((value) => !/^(0|false|no|off)$/.test(value));
}
