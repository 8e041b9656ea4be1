/**
 * What a tool holds while it runs: {@link open}, {@link Telemetry.record}, {@link Telemetry.close}. Nothing here
 * throws, writes to stdout, opens a socket, keeps the process alive or changes how it ends.
 */

import type { ChildProcess } from 'node:child_process';
import { type RawEvent, checkEvent } from '../check.js';
import { type Rule, emptiesTheQueue } from '../consent.js';
import { type Day, dayOfSeconds } from '../day.js';
import { ci, container } from '../environment.js';
import type { Vocabulary } from '../vocabulary.js';
import { type Batch, encodeBatch } from '../wire.js';
import { finishEarly, startEarly, startSender } from './child.js';
import { readLine, tell } from './disk.js';
import { nameOf } from './endpoint.js';
import { followed, remember, shown } from './followed.js';
import { Install, NO_URL, type Tool } from './install.js';
import { EVENTS_MAX } from './limits.js';
import { lineOf } from './line.js';
import { isYes, notice, question } from './notice.js';
import { claim, isDue } from './schedule.js';
import { seal, sealerOf } from './sealer.js';
import { Settings } from './settings.js';
import { type Surroundings, clock, programArguments, random, surroundings } from './surroundings.js';

/** What a tool says about itself when it opens telemetry. */
export interface Config<Events, Code extends string = string> extends Tool {
  /** The generated vocabulary. */
  readonly vocabulary: Vocabulary<Events, Code>;
  /** Where `sender.js` is, for a tool that is bundled into one file and brings a copy of it. */
  readonly sender?: string | undefined;
  /** Taken for what surrounds the process instead of looking around. For tests. */
  readonly around?: Surroundings | undefined;
}

/** What becomes of what is recorded. Nowhere: it was switched off while the run was under way. */
type Keeps = 'printed' | 'here' | 'sent' | 'nowhere';

/**
 * Opens telemetry: decides whether anything is recorded in this run; tells or asks the user when that is due, and then
 * records nothing in this run. What was recorded is written when the process ends, also by `process.exit`.
 *
 * ```ts
 * const telemetry = open({ vocabulary: acme, about: acmeAbout, version: '1.4.2' });
 * telemetry.record('command_finished', { command: 'build', outcome: 'ok', duration: 1234 });
 * ```
 */
export function open<Events, Code extends string>(config: Config<Events, Code>): Telemetry<Events, Code> {
  try {
    if (isAsking(config)) return new Telemetry();
    return new Telemetry(begin(new Install(config, config.around ?? surroundings()), config.sender));
  } catch {
    return new Telemetry();
  }
}

/**
 * Whoever asks about telemetry is not told about it, and leaves no trace by asking. Whoever reads about an error has not
 * run the tool again yet.
 */
function isAsking({ vocabulary }: Tool): boolean {
  const [word] = programArguments();
  return word === 'telemetry' || (word === 'explain' && vocabulary.errors?.codes !== undefined);
}

/** Telemetry of one run of a tool. */
export class Telemetry<Events, Code extends string = string> {
  #run: Run | undefined;
  #said: RawEvent[] = [];
  #codes: string[] = [];

  /** Without a run, it is off. */
  constructor(run?: Run) {
    this.#run = run;
    if (run) process.once('exit', () => this.close());
  }

  /** Records that something happened. No clock, no disk. */
  record<Name extends keyof Events & string>(event: Name, fields?: Events[Name]): void {
    if (this.#run === undefined) return;
    if (this.#said.push({ event, fields: { ...fields } }) >= EVENTS_MAX) this.flush();
  }

  /**
   * Records that an error was shown, by its code and nothing else of it. The next run tells what followed. Takes only
   * codes that have pages.
   */
  error(code: string extends Code ? never : Code): void {
    const event = this.#run && shown(this.#run.install.tool.vocabulary, code);
    if (event === undefined) return;
    this.#codes.push(code);
    if (this.#said.push(event) >= EVENTS_MAX) this.flush();
  }

  /** Whether this run records. */
  get isRecording(): boolean {
    return this.#run !== undefined && !this.#run.isOver;
  }

  /**
   * Writes what was recorded so far. A command that runs for hours does this now and then; nobody else needs to. What
   * holds is looked up anew: whoever switched telemetry off since the run began is obeyed.
   */
  flush(): void {
    this.#run?.obey();
    this.#write();
  }

  /** Ends telemetry of this run. Happens by itself when the process ends. */
  close(): void {
    this.#run?.obey();
    this.#said.push(...(this.#run?.followed(this.#codes) ?? []));
    this.#write();
    this.#run?.end();
    this.#run = undefined;
  }

  #write(): void {
    const said = this.#said;
    this.#said = [];
    this.#run?.write(said);
  }
}

/** A run that records, or nothing when telemetry is off. */
function begin(install: Install, sender: string | undefined): Run | undefined {
  const { mode, rule } = install.decision();
  if (mode === 'on') return new Run(install, 'sent', sender);
  if (mode === 'local') return new Run(install, 'here', sender);
  if (rule === 'debug') return new Run(install, 'printed', sender);
  stayOff(install, rule);
  return undefined;
}

/** Does what a rule that says off asks for: tell, ask, or delete what waits. */
function stayOff(install: Install, rule: Rule): void {
  if (rule === 'notice_due') {
    // Where it cannot be remembered it is not shown: it would come in every run.
    install.saveChoice();
    tell(notice(install));
  } else if (rule === 'question_due') {
    ask(install);
  } else {
    emptyAfter(install, rule);
  }
}

/** Deletes what waits, where a rule says so. */
function emptyAfter(install: Install, rule: Rule): void {
  if (emptiesTheQueue(rule)) install.spool()?.empty();
}

/** Asks once. Where the answer cannot be remembered nobody is asked. */
function ask(install: Install): void {
  if (!install.around.terminal.stdin) return;
  install.saveChoice('off');
  tell(question(install));
  if (isYes(readLine())) install.saveChoice('on');
}

/** A run that records. */
class Run {
  readonly #early: ChildProcess | undefined;

  constructor(
    readonly install: Install,
    private keeps: Keeps,
    readonly sender: string | undefined,
  ) {
    const spool = keeps === 'sent' && this.#isShortLived() ? install.spool() : undefined;
    this.#early = spool && isDue(spool, clock()) ? startEarly(install, sender, random()) : undefined;
  }

  /** Whether it was switched off since it began. */
  get isOver(): boolean {
    return this.keeps === 'nowhere';
  }

  /**
   * Looks again at what holds, and obeys whoever switched it off, or lower, since this run began. Nobody is taken at
   * more than held then.
   */
  obey(): void {
    if (this.keeps !== 'here' && this.keeps !== 'sent') return;
    try {
      const { mode, rule } = this.install.decision();
      if (mode === 'off') {
        this.keeps = 'nowhere';
        emptyAfter(this.install, rule);
      } else if (mode === 'local') {
        this.keeps = 'here';
      }
    } catch {
      this.keeps = 'nowhere';
    }
  }

  /** Writes events to where they are kept. Failure is silent: telemetry is not worth a word on somebody's full disk. */
  write(said: readonly RawEvent[]): void {
    if (this.isOver) return;
    try {
      const chance = random();
      const line = lineOf(this.install, said, dayOfSeconds(clock()), chance);
      if (this.keeps === 'printed') return print(this.install, said, line);
      if (line.events.length === 0) return;
      this.install.spool()?.append(this.keeps === 'sent' ? 'queue' : 'local', line, chance);
    } catch {
      // Nothing that happens here is the host's concern.
    }
  }

  /** What followed the error of an earlier run, told once; and remembers that of this one. Nothing is kept by debugging. */
  followed(codes: readonly string[]): RawEvent[] {
    if (this.keeps !== 'here' && this.keeps !== 'sent') return [];
    try {
      const { vocabulary } = this.install.tool;
      const spool = this.install.spool();
      if (!spool || !vocabulary.errors?.followed) return [];
      const declared = codes.filter((code) => vocabulary.errors?.codes?.includes(code));
      const event = followed(vocabulary, spool, clock(), declared);
      remember(spool, clock(), declared);
      return event ? [event] : [];
    } catch {
      return [];
    }
  }

  /** Once in a while starts the process that sends. */
  end(): void {
    try {
      const spool = this.install.spool();
      if (this.keeps !== 'sent' || !spool || spool.waitingBytes() === 0 || !isDue(spool, clock())) return;
      if (this.#early) finishEarly(this.#early, spool);
      if (this.#isShortLived()) return;
      // Throws where it cannot be written down that somebody was started: else every run would start one.
      claim(spool, clock());
      startSender(this.install, this.sender, random());
    } catch {
      // The same.
    }
  }

  /** Whether nothing that is left behind lives on: no child, and perhaps no disk. */
  #isShortLived(): boolean {
    return ci(this.install.around) !== undefined || container(this.install.around) !== undefined;
  }
}

/** Prints to stderr what would go over the wire, byte for byte, why it would not, and what the catalogue keeps back. */
function print(install: Install, said: readonly RawEvent[], line: Batch): void {
  if (said.length === 0) return;
  const memory = install.spool()?.memory() ?? new Settings();
  const batches = seal(sealerOf(install, clock(), random()), encodeBatch(line), memory, random()).map(encodeBatch);
  const kept = said.flatMap((event) => keptBack(install.tool.vocabulary, event, line.day));
  const lines = [...batches, ...kept, fate(install, batches.length)];
  tell(lines.map((line) => `[telemetry] ${line}\n`).join(''));
}

/** What would become of the batches. */
function fate(install: Install, batches: number): string {
  const { mode, rule } = install.decisionWithoutDebug();
  if (batches === 0) return 'nothing is left to send';
  if (mode !== 'on') return `would not be sent: ${install.reason(rule)}`;
  const endpoint = install.endpoint();
  return endpoint
    ? `would be sent to ${nameOf(endpoint)} when it is due`
    : `would not be sent: ${NO_URL}`;
}

/** What there is to do about an event that is left out. */
const HINTS: Readonly<Record<string, string>> = {
  code_undeclared: '; a code is the name of a page: write errors/CODE.md and run aboveboard-errors',
};

/** What the catalogue keeps back of an event. */
function keptBack(vocabulary: Vocabulary, event: RawEvent, day: Day): string[] {
  const sheet = checkEvent(vocabulary, event, day);
  if (typeof sheet === 'string') return [`\`${event.event}\` is left out: ${sheet}${HINTS[sheet] ?? ''}`];
  if (sheet.dropped + sheet.folded === 0) return [];
  return [`\`${event.event}\`: ${sheet.dropped} fields are left out, ${sheet.folded} values became \`other\``];
}
