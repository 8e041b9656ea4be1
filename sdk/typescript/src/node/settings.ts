/**
 * Small files of settings: lines of `key = "text"`, comments and blank lines. Anything else makes the file unreadable,
 * and an unreadable file means off.
 */

import type { Says } from '../consent.js';

const ENTRY = /^([A-Za-z0-9_]+)\s*=\s*"([^"\\]*)"\s*(?:#.*)?$/;
const MODES: readonly string[] = ['off', 'local', 'on'];

/** The settings of one file. */
export class Settings {
  readonly #entries = new Map<string, string>();

  /** Reads them; `undefined` when a line is none. */
  static parse(text: string): Settings | undefined {
    const settings = new Settings();
    const lines = text.split(/\r?\n/).map((line) => line.trim());
    for (const line of lines.filter((line) => line !== '' && !line.startsWith('#'))) {
      const [, key, value] = ENTRY.exec(line) ?? [];
      if (key === undefined || value === undefined) return undefined;
      settings.#entries.set(key, value);
    }
    return settings;
  }

  get(key: string): string | undefined {
    return this.#entries.get(key);
  }

  number(key: string): number | undefined {
    const text = this.get(key);
    return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : undefined;
  }

  /** Sets a key; what a line cannot hold is left out. */
  set(key: string, value: string | number): void {
    this.#entries.set(key, String(value).replace(/[\p{Cc}"\\]/gu, ''));
  }

  remove(key: string): void {
    this.#entries.delete(key);
  }

  /** What it says about the mode. */
  says(): Says {
    const mode = this.get('mode');
    if (mode === undefined) return 'nothing';
    return MODES.includes(mode) ? (mode as Says) : 'unreadable';
  }

  /** Each key with its value, in the order of the keys. */
  entries(): [string, string][] {
    return [...this.#entries].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  toString(): string {
    return this.entries().map(([key, value]) => `${key} = "${value}"\n`).join('');
  }
}
