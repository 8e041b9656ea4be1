/**
 * The catalogue of a tool as generated code holds it. `aboveboard catalog generate --typescript` writes a
 * {@link Vocabulary}, which is enough to record, check and send, and an {@link About}, which only people need.
 */

/** A version: made by `version()`, and by nothing else, so that no other text can be said. */
export type Version = string & { readonly [versionBrand]: true };
declare const versionBrand: unique symbol;

/** What one tool may say. `Events` is the type of its events, by name; `Code` that of its error codes. */
export interface Vocabulary<Events = unknown, Code extends string = string> {
  /** The tool's name. */
  readonly tool: string;
  /** Where batches are sent. */
  readonly endpoint: string;
  /** A short hash of the catalogue. */
  readonly hash: string;
  /** What a fresh installation does. */
  readonly mode: DefaultMode;
  /** Whether an installation can be recognised again. */
  readonly identity: Identity;
  /** The highest sensitivity among the events: what a notice has to tell about. */
  readonly sensitivity: Sensitivity;
  /** The declared facts about where an event happened. */
  readonly origin: Fields;
  /** The declared events. */
  readonly events: Readonly<Record<string, Fields>>;
  /** The day from which an event is not collected any more. */
  readonly expires?: Readonly<Record<string, string>>;
  /** Events that are declared only to be turned away, with the code. */
  readonly refused?: Readonly<Record<string, string>>;
  readonly errors?: Errors<Code>;
  /** Only a type: what `record` takes. */
  readonly said?: Events;
}

/** The tool's error codes, and the events that are about them. */
export interface Errors<Code extends string = string> {
  /** The codes that have pages. */
  readonly codes?: readonly Code[];
  /** The event that an error was shown. */
  readonly shown?: string;
  /** The event that says what came next. */
  readonly followed?: string;
  /** The event of a vote on the text of an error. */
  readonly vote?: string;
  /** Where the pages are published; a code is appended. */
  readonly docs?: string;
}

/** Declared fields, by name. */
export type Fields = Readonly<Record<string, Kind>>;

/**
 * What a field may say, and its key on the wire where that differs from its name. What is no member becomes `other`;
 * where a code is `strict`, it turns the event away, for there each code has a page and is voted on.
 */
export type Kind = (
  | { readonly flag: true }
  | { readonly version: true }
  | { readonly id: true }
  | { readonly drop: true }
  | { readonly choice: readonly string[] }
  | { readonly choices: readonly string[] }
  | { readonly name: readonly string[] }
  | { readonly code: readonly string[]; readonly strict?: true }
  | Edges
  | Logarithm
) & {
  readonly wire?: string;
  /** Members that turn the whole event away, with the code. */
  readonly refuse?: Readonly<Record<string, string>>;
};

/** A number by its bucket: bucket `i` begins at edge `i`. */
export interface Edges {
  readonly unit: string;
  readonly edges: readonly number[];
}

/** A number by its bucket: buckets of equal relative width. */
export interface Logarithm {
  readonly unit: string;
  /** The largest relative error. */
  readonly log: number;
  /** The smallest number told apart from zero. */
  readonly min: number;
  /** The number from which on all are alike. */
  readonly max: number;
}

/** What a fresh installation does before its user chose. */
export type DefaultMode = 'off' | 'ask' | 'on';

/** Whether an installation can be recognised again. */
export type Identity = 'none' | 'month' | 'install';

/** How much an event says about a person's work, least first. */
export type Sensitivity = 'technical' | 'interaction' | 'feedback';

/** What the catalogue says to people about what the tool says. */
export interface About {
  /** The tool's name for people. */
  readonly title: string;
  /** Who is responsible for the data. */
  readonly controller: string;
  /** Where a person can ask about the data. */
  readonly contact: string;
  /** Days after which every event is deleted. */
  readonly retentionDays: number;
  /** Further links: label and URL. */
  readonly links: readonly (readonly [string, string])[];
  /** What each fact of the origin says. */
  readonly origin: Readonly<Record<string, string>>;
  /** What each event is for. */
  readonly events: Readonly<Record<string, AboutEvent>>;
}

/** What an event is for, who answers for it, and what its fields say. */
export interface AboutEvent {
  readonly question: string;
  readonly owner: string;
  readonly review: string;
  readonly since: string;
  readonly sensitivity: Sensitivity;
  readonly fields: Readonly<Record<string, string>>;
}

/** The members of a kind that has a closed list. */
export function membersOf(kind: Kind): readonly string[] | undefined {
  if ('choice' in kind) return kind.choice;
  if ('name' in kind) return kind.name;
  return 'code' in kind ? kind.code : undefined;
}

/** An own entry of a table. Names come from outside, and `constructor` is none of ours. */
export function entryOf<T>(table: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return table && Object.hasOwn(table, name) ? table[name] : undefined;
}
