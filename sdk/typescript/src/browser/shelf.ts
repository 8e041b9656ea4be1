/**
 * What a page keeps for the next one, in the browser's own storage: what was said today, and batches that wait. All
 * under names of the tool, bounded, and gone when telemetry is off. Without storage it lasts as long as the page.
 */

import type { Sensitivity } from '../vocabulary.js';
import { WAITING_MAX } from './limits.js';

/** Texts by names: `localStorage`, and what hosts without one bring. */
export type Storage = Record<string, string>;

/** What is remembered. */
export interface State {
  /** The sensitivity that the notice told about. */
  told?: Sensitivity;
  /** The day, week and month in which something was said last. */
  last?: readonly unknown[];
  /** A day such as `2026-11-22`, and what was said on it of what is said once a day. */
  said?: readonly string[];
  /** A month, and a number drawn in it by which this browser is in a sample or not. It is never sent. */
  drawn?: readonly [month: string, place: number];
  /** Whether the collector answered 410. */
  ended?: boolean;
}

/** The shelf of one tool. */
export interface Shelf {
  /** What is remembered, by whichever page. */
  state(): State;
  /** Remembers more. */
  keep(change: State): void;
  /** The keys of what waits, which begin with its day: of earlier pages, and of this one. */
  keys: readonly string[];
  /** What waits under a key. Nothing, when it does not wait any more. */
  read(key: string): unknown[];
  /** Lets something wait; the oldest makes room for it. */
  write(key: string, lines: readonly unknown[]): void;
  remove(key: string): void;
  /** A day, and what was said on it of what is said once a day. */
  said(day: string): readonly string[];
  /** Forgets everything. */
  clear(): void;
}

/** Opens the shelf of a tool; without storage, one for this page. */
export function shelfOf(tool: string, storage: Storage = {}): Shelf {
  const name = `aboveboard:${tool}`;

  const put = (key: string, value: unknown) => {
    const text = JSON.stringify(value);
    try {
      storage[key] = text;
    } catch {
      // It is full. From now on this page keeps things for itself.
      storage = { ...storage, [key]: text };
    }
  };
  const shelf: Shelf = {
    state: () => JSON.parse(storage[name] ?? '{}') as State,
    keep: (change) => put(name, { ...shelf.state(), ...change }),
    keys: Object.keys(storage).flatMap((key) => (key.startsWith(`${name}:`) ? key.slice(name.length + 1) : [])),
    read: (key) => JSON.parse(storage[`${name}:${key}`] ?? '[]') as unknown[],
    write(key, lines) {
      shelf.keys = [...shelf.keys.filter((other) => other !== key), key];
      put(`${name}:${key}`, lines);
      if (shelf.keys[WAITING_MAX]) shelf.remove(shelf.keys[0] as string);
    },
    remove(key) {
      shelf.keys = shelf.keys.filter((other) => other !== key);
      delete storage[`${name}:${key}`];
    },
    said(day) {
      const { said = [] } = shelf.state();
      return said[0] === day ? said : [day];
    },
    clear() {
      shelf.keys.forEach(shelf.remove);
      delete storage[name];
    },
  };
  return shelf;
}
