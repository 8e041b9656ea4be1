/**
 * Whether anything may be recorded or sent, and which rule says so. One pure function, {@link decide}.
 * `conformance/consent` says in three sentences and over two hundred cases what it must decide.
 */

import { type Environment, attended, switchOf } from './environment.js';
import type { DefaultMode, Sensitivity } from './vocabulary.js';

/** What the tool may do in this run: nothing, record and never send, or record and send. */
export type Mode = 'off' | 'local' | 'on';

/** What a file says: a mode, nothing, or what cannot be understood. */
export type Says = Mode | 'nothing' | 'unreadable';

/** What was decided, and by which rule. */
export interface Decision {
  readonly mode: Mode;
  readonly rule: Rule;
}

/** Everything that a decision depends on. */
export interface Given {
  /** The tool's name, from which the names of its variables follow. */
  readonly tool: string;
  readonly environment: Environment;
  /** The policy of the machine. */
  readonly machine: Says;
  /** The file of the project. */
  readonly project: Says;
  /** What the user saved. */
  readonly choice: Says;
  /** The sensitivity that an earlier run told the user about. */
  readonly notice: Sensitivity | undefined;
  /** The default of whoever packaged the tool. */
  readonly distributor: DefaultMode | undefined;
  /** The default of the catalogue. */
  readonly catalogue: DefaultMode;
  /** The highest sensitivity among the catalogue's events. */
  readonly sensitivity: Sensitivity;
  /** Whether the collector answered 410, which ends it for good. */
  readonly ended: boolean;
  /** Whether there is a place for settings and state. */
  readonly home: boolean;
}

/** Why a mode holds; the words of `status --json`. */
export type Rule =
  | 'debug'
  | 'do_not_track'
  | 'tool_disabled'
  | 'tool_variable_off'
  | 'tool_variable_local'
  | 'tool_variable_on'
  | 'machine_policy_off'
  | 'machine_policy_local'
  | 'machine_policy_unreadable'
  | 'project_off'
  | 'project_local'
  | 'project_unreadable'
  | 'choice_off'
  | 'choice_local'
  | 'choice_on'
  | 'choice_unreadable'
  | 'nowhere_to_keep'
  | 'ended'
  | 'default_off'
  | 'default_on'
  | 'question_due'
  | 'notice_due'
  | 'unattended';

/** From less to more. */
export const MODES: readonly Mode[] = ['off', 'local', 'on'];
const SENSITIVITIES: readonly Sensitivity[] = ['technical', 'interaction', 'feedback'];

/** Decides. An off of any layer holds; without one a yes is needed; then any layer may still lower to local. */
export function decide(given: Given): Decision {
  const refused = refusal(given);
  if (refused) return { mode: 'off', rule: refused };
  const [agreed, rule] = agreement(given);
  if (!agreed) return { mode: 'off', rule };
  const lowered = lowering(given);
  return lowered ? { mode: 'local', rule: lowered } : { mode: 'on', rule };
}

/** Whether somebody said off, so that what waits must go. Not so where nobody said anything yet. */
export function emptiesTheQueue(rule: Rule): boolean {
  return /^(do_not_track|tool_disabled|ended)$|_(off|unreadable)$/.test(rule);
}

/** The names of the tool's two variables: `<TOOL>_TELEMETRY` and `<TOOL>_TELEMETRY_DISABLED`. */
export function variablesOf(tool: string): { telemetry: string; disabled: string } {
  const telemetry = `${tool.toUpperCase().replaceAll('-', '_')}_TELEMETRY`;
  return { telemetry, disabled: `${telemetry}_DISABLED` };
}

/** What the tool's own variable says. A word that is not known is an off: whoever set it hardly wanted to be seen. */
function wish({ tool, environment }: Given): Mode | 'debug' | 'nothing' {
  const word = environment.variables[variablesOf(tool).telemetry]?.trim().toLowerCase() ?? '';
  if (word === '') return 'nothing';
  if (word === 'debug' || word === 'log') return 'debug';
  if (word === 'local') return 'local';
  return ['1', 'true', 'yes', 'on'].includes(word) ? 'on' : 'off';
}

/** The first rule that says off, outermost layer first. */
function refusal(given: Given): Rule | undefined {
  const set = (name: string) => switchOf(given.environment, name) === true;
  const rules: readonly [boolean, Rule][] = [
    [wish(given) === 'debug', 'debug'],
    [set('DO_NOT_TRACK'), 'do_not_track'],
    [set(variablesOf(given.tool).disabled), 'tool_disabled'],
    [wish(given) === 'off', 'tool_variable_off'],
    [given.machine === 'off', 'machine_policy_off'],
    [given.machine === 'unreadable', 'machine_policy_unreadable'],
    [given.project === 'off', 'project_off'],
    [given.project === 'unreadable', 'project_unreadable'],
    [given.choice === 'off', 'choice_off'],
    [given.choice === 'unreadable', 'choice_unreadable'],
    [!given.home, 'nowhere_to_keep'],
    [given.ended, 'ended'],
  ];
  return rules.find(([holds]) => holds)?.[1];
}

/** Whether there is a yes, and the rule that says it or says why there is none yet. */
function agreement(given: Given): readonly [boolean, Rule] {
  const told = SENSITIVITIES.indexOf(given.notice ?? ('' as Sensitivity)) >= SENSITIVITIES.indexOf(given.sensitivity);
  if (given.choice === 'local') return [true, 'choice_local'];
  if (given.choice === 'on' && told) return [true, 'choice_on'];
  if (wish(given) === 'on') return [true, 'tool_variable_on'];
  const mode = stricter(given.catalogue, given.distributor ?? given.catalogue);
  if (mode === 'off' && given.choice !== 'on') return [false, 'default_off'];
  if (mode === 'on' && told) return [true, 'default_on'];
  if (!attended(given.environment)) return [false, 'unattended'];
  return [false, mode === 'ask' ? 'question_due' : 'notice_due'];
}

function stricter(a: DefaultMode, b: DefaultMode): DefaultMode {
  const either = (mode: DefaultMode) => a === mode || b === mode;
  return either('off') ? 'off' : either('ask') ? 'ask' : 'on';
}

/** The first rule that lowers to local, outermost layer first. */
function lowering(given: Given): Rule | undefined {
  const rules: readonly [boolean, Rule][] = [
    [wish(given) === 'local', 'tool_variable_local'],
    [given.machine === 'local', 'machine_policy_local'],
    [given.project === 'local', 'project_local'],
    [given.choice === 'local', 'choice_local'],
  ];
  return rules.find(([holds]) => holds)?.[1];
}
