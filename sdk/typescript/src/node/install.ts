/**
 * The tool as this user has it: gathers what `decide` decides from, anew each time it is asked, so that a choice holds
 * from the moment it is made.
 */

import { type Decision, type Mode, type Rule, type Says, decide, variablesOf } from '../consent.js';
import type { ErrorPage } from '../errors.js';
import type { About, DefaultMode, Sensitivity, Vocabulary } from '../vocabulary.js';
import * as disk from './disk.js';
import { type Folders, foldersOf, machinePolicy, projectFiles } from './folders.js';
import { type Endpoint, endpointOf } from './endpoint.js';
import { Settings } from './settings.js';
import { Spool } from './spool.js';
import type { Surroundings } from './surroundings.js';

/** What a tool says about itself. */
export interface Tool {
  readonly vocabulary: Vocabulary;
  /** The pages of its error codes, for `explain`. */
  readonly pages?: Readonly<Record<string, ErrorPage>> | undefined;
  /** What people are told about it; without it the notice and the command say less. */
  readonly about?: About | undefined;
  readonly version: string;
  /** The default of whoever packages the tool. It can make the catalogue's default stricter, and nothing else. */
  readonly distributor?: DefaultMode | undefined;
  /** What a person types for `mytool telemetry`, where it is something else. */
  readonly command?: string | undefined;
}

/** Why nothing is sent where the endpoint cannot be read. */
export const NO_URL = 'the endpoint is not a URL';
const SENSITIVITIES: readonly string[] = ['technical', 'interaction', 'feedback'];
const STRICTNESS: Readonly<Record<Says, number>> = { nothing: 0, on: 0, local: 1, off: 2, unreadable: 2 };

/** A tool and what surrounds it. */
export class Install {
  readonly folders: Folders | undefined;
  readonly command: string;

  constructor(
    readonly tool: Tool,
    readonly around: Surroundings,
  ) {
    this.folders = foldersOf(around, tool.vocabulary.tool);
    this.command = tool.command ?? `${tool.vocabulary.tool} telemetry`;
  }

  get name(): string {
    return this.tool.vocabulary.tool;
  }

  /** What a person types for a word of the tool that is ours: `mytool explain`. */
  word(name: string): string {
    return `${this.command.replace(/ ?telemetry$/, '') || this.name} ${name}`;
  }

  /** What holds now, and why. */
  decision(around: Surroundings = this.around): Decision {
    const { mode, sensitivity } = this.tool.vocabulary;
    const choice = this.choice();
    return decide({
      tool: this.name,
      environment: around,
      machine: says(this.#policy()),
      project: this.#project(),
      choice: says(choice),
      notice: sensitivityOf(choice?.get('notice')),
      distributor: this.tool.distributor,
      catalogue: mode,
      sensitivity,
      ended: this.spool()?.hasEnded() ?? false,
      home: this.folders !== undefined,
    });
  }

  /** What would hold if nobody had asked to see it. */
  decisionWithoutDebug(): Decision {
    const variables = { ...this.around.variables, [variablesOf(this.name).telemetry]: undefined };
    return this.decision({ ...this.around, variables });
  }

  /** What the user saved; nothing when it cannot be read. */
  choice(): Settings | undefined {
    return this.folders ? settingsIn(this.folders.choice) : new Settings();
  }

  /** Saves what the user chose, and that the notice for what is collected today was shown. */
  saveChoice(mode?: Mode): void {
    if (!this.folders) throw new Error('there is no home folder');
    const choice = this.choice() ?? new Settings();
    if (mode) choice.set('mode', mode);
    choice.set('notice', this.tool.vocabulary.sensitivity);
    const title = this.tool.about?.title ?? this.name;
    const head = `# What ${title} may tell its makers; \`${this.command}\` writes this.\n`;
    disk.replace(this.folders.choice, head + choice.toString());
  }

  /** Where batches go: the policy of the machine, else the tool's variable, else the catalogue. */
  endpoint(): Endpoint | undefined {
    const variable = this.around.variables[`${variablesOf(this.name).telemetry}_ENDPOINT`]?.trim() || undefined;
    const text = this.#policy()?.get('endpoint') ?? variable ?? this.tool.vocabulary.endpoint;
    return endpointOf(text, this.around.variables);
  }

  /** The folder of the queue and the ledger. */
  spool(): Spool | undefined {
    return this.folders && new Spool(this.folders.state);
  }

  /** Where people read all of it: the link `docs`, else the first, else the endpoint. */
  page(): string {
    const links = this.tool.about?.links ?? [];
    return (links.find(([label]) => label === 'docs') ?? links[0])?.[1] ?? this.tool.vocabulary.endpoint;
  }

  /** The sentence that says why a rule holds. */
  reason(rule: Rule): string {
    const { telemetry, disabled } = variablesOf(this.name);
    const set = (name: string) => `${name}=${(this.around.variables[name] ?? '').trim()} in the environment`;
    const policy = machinePolicy(this.around, this.name);
    const project = `.${this.name}-telemetry.toml of this project`;
    const reasons: Readonly<Record<Rule, string>> = {
      debug: set(telemetry),
      do_not_track: set('DO_NOT_TRACK'),
      tool_disabled: set(disabled),
      tool_variable_off: set(telemetry),
      tool_variable_local: set(telemetry),
      tool_variable_on: set(telemetry),
      machine_policy_off: `the policy of this machine, ${policy}`,
      machine_policy_local: `the policy of this machine, ${policy}`,
      machine_policy_unreadable: `the policy of this machine cannot be read, ${policy}`,
      project_off: project,
      project_local: project,
      project_unreadable: `the ${project} cannot be read`,
      choice_off: 'you chose so',
      choice_local: 'you chose so',
      choice_on: 'you chose so',
      choice_unreadable: 'your saved choice cannot be read, and may have been to switch it off',
      nowhere_to_keep: 'there is no home folder for settings',
      ended: 'the collector said that it wants no more, ever',
      default_off: `nobody switched it on; ${this.command} enable would`,
      default_on: `on unless switched off; ${this.name} told so in an earlier run`,
      question_due: 'you were not asked yet',
      notice_due: 'you were not told yet what it sends',
      unattended: 'nobody was told yet what it sends, and there is no person at the terminal to tell',
    };
    return reasons[rule];
  }

  /** The policy of the machine; nothing when it cannot be read. */
  #policy(): Settings | undefined {
    return settingsIn(machinePolicy(this.around, this.name));
  }

  /** The strictest of the project's files. */
  #project(): Says {
    const all = projectFiles(this.around, this.name).map((file) => says(settingsIn(file)));
    return all.reduce((a, b) => (STRICTNESS[b] > STRICTNESS[a] ? b : a), 'nothing');
  }
}

/** What the settings of a file say; nothing stands for a file that cannot be read. */
export function says(settings: Settings | undefined): Says {
  return settings ? settings.says() : 'unreadable';
}

function settingsIn(path: string): Settings | undefined {
  const text = disk.content(path);
  return text === null ? undefined : Settings.parse(text ?? '');
}

function sensitivityOf(word: string | undefined): Sensitivity | undefined {
  return SENSITIVITIES.includes(word ?? '') ? (word as Sensitivity) : undefined;
}
