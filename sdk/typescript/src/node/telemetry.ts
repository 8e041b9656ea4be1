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
import { type Batch, type WireEvent, encodeBatch } from '../wire.js';
import { finishEarly, startEarly, startSender } from './child.js';
import { readLine, tell } from './disk.js';
import { nameOf } from './endpoint.js';
import { Install, type Tool } from './install.js';
import { EVENTS_MAX } from './limits.js';
import { isYes, notice, question } from './notice.js';
import { origin } from './origin.js';
import { claim, isDue } from './schedule.js';
import { add, seal, sealerOf, sorted } from './sealer.js';
import { Settings } from './settings.js';
import { type Surroundings, clock, machine, programArguments, random, surroundings } from './surroundings.js';

/** What a tool says about itself when it opens telemetry. */
export interface Config<Events> extends Tool {
  /** The generated vocabulary. */
  readonly vocabulary: Vocabulary<Events>;
  /** Where `sender.js` is, for a tool that is bundled into one file and brings a copy of it. */
  readonly sender?: string | undefined;
  /** Taken for what surrounds the process instead of looking around. For tests. */
  readonly around?: Surroundings | undefined;
}

/** What becomes of what is recorded. */
type Keeps = 'printed' | 'here' | 'sent';

/**
 * Opens telemetry: decides whether anything is recorded in this run; tells or asks the user when that is due, and then
 * records nothing in this run. What was recorded is written when the process ends, also by `process.exit`.
 *
 * ```ts
 * const telemetry = open({ vocabulary: acme, about: acmeAbout, version: '1.4.2' });
 * telemetry.record('command_finished', { command: 'build', outcome: 'ok', duration: 1234 });
 * ```
 */
export function open<Events>(config: Config<Events>): Telemetry<Events> {
  try {
    // Whoever asks about telemetry is not told about it, and leaves no trace by asking.
    if (programArguments()[0] === 'telemetry') return new Telemetry();
    return new Telemetry(begin(new Install(config, config.around ?? surroundings()), config.sender));
  } catch {
    return new Telemetry();
  }
}

/** Telemetry of one run of a tool. */
export class Telemetry<Events> {
  #run: Run | undefined;
  #said: RawEvent[] = [];

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

  /** Writes what was recorded so far. A command that runs for hours does this now and then; nobody else needs to. */
  flush(): void {
    const said = this.#said;
    this.#said = [];
    this.#run?.write(said);
  }

  /** Ends telemetry of this run. Happens by itself when the process ends. */
  close(): void {
    this.flush();
    this.#run?.end();
    this.#run = undefined;
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
  } else if (emptiesTheQueue(rule)) {
    install.spool()?.empty();
  }
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
    readonly keeps: Keeps,
    readonly sender: string | undefined,
  ) {
    const spool = keeps === 'sent' && this.#isShortLived() ? install.spool() : undefined;
    this.#early = spool && isDue(spool, clock()) ? startEarly(install, sender, random()) : undefined;
  }

  /** Writes events to where they are kept. Failure is silent: telemetry is not worth a word on somebody's full disk. */
  write(said: readonly RawEvent[]): void {
    try {
      const line = this.#line(said, dayOfSeconds(clock()));
      if (this.keeps === 'printed') return print(this.install, said, line);
      if (line.events.length === 0) return;
      this.install.spool()?.append(this.keeps === 'sent' ? 'queue' : 'local', line, random());
    } catch {
      // Nothing that happens here is the host's concern.
    }
  }

  /** Once in a while starts the process that sends. */
  end(): void {
    try {
      const spool = this.install.spool();
      if (this.keeps !== 'sent' || !spool || spool.waitingBytes() === 0 || !isDue(spool, clock())) return;
      if (this.#early) finishEarly(this.#early, spool);
      if (this.#isShortLived()) return;
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

  #line(said: readonly RawEvent[], day: Day): Batch {
    const { vocabulary, version } = this.install.tool;
    const events = new Map<string, WireEvent>();
    said.forEach((event) => add(events, vocabulary, event, day));
    const facts = origin(
      vocabulary,
      version,
      this.install.around,
      machine((name) => name in vocabulary.origin),
    );
    const id = random().toString(16).padStart(32, '0');
    return { id, tool: vocabulary.tool, day, origin: facts, events: sorted(events) };
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
    : 'would not be sent: the endpoint is not a URL';
}

/** What the catalogue keeps back of an event. */
function keptBack(vocabulary: Vocabulary, event: RawEvent, day: Day): string[] {
  const sheet = checkEvent(vocabulary, event, day);
  if (typeof sheet === 'string') return [`\`${event.event}\` is left out: ${sheet}`];
  if (sheet.dropped + sheet.folded === 0) return [];
  return [`\`${event.event}\`: ${sheet.dropped} fields are left out, ${sheet.folded} values became \`other\``];
}
