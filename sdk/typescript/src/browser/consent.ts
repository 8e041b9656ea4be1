/**
 * Whether anything may be said from a page, and which rule says so. One table, in three sentences: whoever says off is
 * obeyed; sending needs a yes; what nobody could read was not told.
 */

import { type Variables, isSet } from '../frameworks.js';
import type { Options } from './options.js';
import type { State } from './shelf.js';
import { processOf, signals, world } from './world.js';

/** A rule: its position in the table below. `RULES` has their names, which only people need. */
export type Rule = number;

/** Somebody said off where the tool is used. */
export const PROP_OFF: Rule = 0;
/** A person must be told first, and can be told. */
export const NOTICE_DUE: Rule = 11;
/** Nobody can be told here. */
export const UNATTENDED: Rule = 12;

/** How the names of a tool's variables begin. */
export function variableOf(tool: string): string {
  return `${tool.toUpperCase().replace(/-/g, '_')}_TELEMETRY`;
}

/** The first rule that holds, for the words of the tool's variable, and whether there is storage that lasts. */
export function decide<Events>(
  options: Options<Events>,
  variables: readonly Variables[],
  words: readonly string[],
  state: State,
  lasting: boolean,
): Rule {
  const { vocabulary, telemetry: wish } = options;
  const variable = variableOf(vocabulary.tool);
  const { doNotTrack, globalPrivacyControl, webdriver } = signals();
  const rules: readonly unknown[] = [
    wish === false || (typeof wish === 'object' && wish.disabled),
    isSet(variables, 'DO_NOT_TRACK') || doNotTrack === '1',
    isSet(variables, `${variable}_DISABLED`),
    // A word that is not known is an off: whoever set it hardly wanted to be seen.
    words.some((word) => !/^(1|true|yes|on|debug)$/.test(word)),
    globalPrivacyControl,
    // In Node a page is rendered or tested, and `aboveboard/node` is for the rest.
    !options.automation && (webdriver || processOf().versions?.node),
    !options.development(),
    state.ended,
    words[0],
    vocabulary.mode !== 'on',
    state.told === vocabulary.sensitivity,
    world.document && lasting,
    true,
  ];
  return rules.findIndex(Boolean);
}

/** Whether something may be said: by `tool_variable_on` or `default_on`. */
export function saysOn(rule: Rule): boolean {
  return rule === 8 || rule === 10;
}

/** Whether somebody said off, so that what waits must go. Not so where nobody said anything yet. */
export function emptiesTheQueue(rule: Rule): boolean {
  return rule < 5;
}
