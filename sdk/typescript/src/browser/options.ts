/** What a component library or an app says when it opens telemetry, and what it holds from then on. Types only. */

import type { Variables } from '../frameworks.js';
import type { Vocabulary } from '../vocabulary.js';
import type { Rule } from './consent.js';
import type { Shelf, Storage } from './shelf.js';

/** What a person says where the tool is used: `false`, or an object. */
export type Wish =
  | boolean
  | undefined
  | {
      /** Like `false`. */
      readonly disabled?: boolean | undefined;
      /** `true` shows what would be sent and sends nothing; `'send'` shows it and sends. */
      readonly debug?: boolean | 'send' | undefined;
    };

/** What is said when telemetry is opened. */
export interface Options<Events> {
  /** The generated catalogue. */
  readonly vocabulary: Vocabulary<Events>;
  /** The version of what reports, as `origin.version`. */
  readonly version: string;
  /** Whether this is a development instance. Only then anything is said. */
  readonly development: () => boolean;
  /**
   * Where people can read what is collected. It is shown once in the console, and nothing is said in that page. `false`
   * when people are told elsewhere.
   */
  readonly notice: string | false;
  /** What the person who builds with it says. `false` always wins. */
  readonly telemetry?: Wish;
  /** Variables, such as `import.meta.env`. Those of a process are read without being told. */
  readonly env?: Variables | undefined;
  /** Further declared facts about where it runs, such as the framework. */
  readonly origin?: Readonly<Record<string, unknown>> | undefined;
  /** Where to send, when it is not where the catalogue says. */
  readonly endpoint?: string | undefined;
  /** Which events are said by a part of all browsers only: `oneIn(…)` of `aboveboard/sampling`. */
  readonly sample?: Sample | undefined;
  /** Whether a browser that a program drives may speak too, as in tests. */
  readonly automation?: boolean | undefined;
  /** What to keep things in, where there is no `localStorage`. */
  readonly storage?: Storage | undefined;
}

/** The part of all browsers that says an event, as one in so many, and whether this browser is in it. */
export type Sample = (vocabulary: Vocabulary, shelf: Shelf, event: string) => readonly [oneIn: number, isIn: boolean];

/** Telemetry of one page. */
export interface Telemetry<Events> {
  /** Says that something happened. Equal events of one batch are one row that says how often. */
  record<Name extends keyof Events & string>(event: Name, fields?: Events[Name]): void;
  /** The same, at most once a day in this browser. */
  recordOnce<Name extends keyof Events & string>(event: Name, fields?: Events[Name]): void;
  /** Sends what waits. Resolves when the collector answered, or cannot be reached. Never rejects. */
  flush(): Promise<void>;
  /** Sends what waits, and takes no more. */
  close(): Promise<void>;
  /** For a wish that is taken back: nothing that waits is sent, and nothing is kept. */
  disable(): void;
  /** Why something may be said, or nothing: `RULES` has its name, `saysOn` what it means. */
  rule(): Rule;
}
