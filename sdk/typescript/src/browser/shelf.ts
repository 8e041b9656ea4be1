/**
 * What a page keeps for the next one, in the browser's own storage: what was said today, and batches that wait. All
 * under names of the tool, bounded, and gone when telemetry is off. Without storage it lasts as long as the page.
 */

import type { Sensitivity } from '../vocabulary.js';

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
  /** The keys of the batches that wait, which begin with their day. */
  keys(): readonly string[];
  /** What is marked as said once a batch arrived, and its body. Nothing, when it does not wait any more. */
  lines(key: string): string[];
  /** Lets a batch wait; the oldest makes room for it. */
  add(key: string, lines: readonly string[]): void;
  remove(key: string): void;
  /** What was said on a day, or waits to be, of what is said once a day. */
  saidOn(day: string): readonly string[];
  /** Forgets everything. */
  clear(): void;
}

const BATCHES_MAX = 16;

/** Opens the shelf of a tool. */
export function shelfOf(storage: Storage, tool: string): Shelf {
  const name = `aboveboard:${tool}`;
  let keys = Object.keys(storage).flatMap((key) => (key.startsWith(`${name}:`) ? key.slice(name.length + 1) : []));

  const write = (key: string, text: string) => {
    try {
      storage[key] = text;
    } catch {
      // It is full. From now on this page keeps things for itself.
      storage = { ...storage, [key]: text };
    }
  };
  const shelf: Shelf = {
    state: () => JSON.parse(storage[name] ?? '{}') as State,
    keep: (change) => write(name, JSON.stringify({ ...shelf.state(), ...change })),
    keys: () => keys,
    lines: (key) => storage[`${name}:${key}`]?.split('\n') ?? [],
    add(key, lines) {
      keys = [...keys, key].sort();
      write(`${name}:${key}`, lines.join('\n'));
      if (keys[BATCHES_MAX]) shelf.remove(keys[0] as string);
    },
    remove(key) {
      keys = keys.filter((other) => other !== key);
      delete storage[`${name}:${key}`];
    },
    saidOn(day) {
      const { said = [] } = shelf.state();
      const waiting = keys.filter((key) => key.startsWith(day)).flatMap(shelf.lines);
      return said[0] === day ? [...said, ...waiting] : waiting;
    },
    clear() {
      keys.forEach(shelf.remove);
      delete storage[name];
    },
  };
  return shelf;
}
