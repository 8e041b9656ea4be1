/**
 * Looks around, once a page, and decides whether anything may be said from it, and by which rule. One table, in three
 * sentences: whoever says off is obeyed; sending needs a yes; what nobody could read was not told.
 */

import { isSet, valuesOf } from '../frameworks.js';
import type { Options, Wish } from './options.js';
import { type Shelf, shelfOf } from './shelf.js';
import { storageOf, world } from './world.js';

/** A rule: its position in the table below. `RULES` has their names, which only people need. */
export type Rule = number;

/** Somebody said off where the tool is used. */
export const PROP_OFF: Rule = 0;
/** Nobody can be told here. */
export const UNATTENDED: Rule = 12;
/** A person must be told first, and can be told. */
const NOTICE_DUE: Rule = 11;
/** Before this rule somebody said off, so that what waits must go. From it on nobody said anything yet. */
const AUTOMATED: Rule = 5;

/** What is found. */
export interface Found {
  /** Why something may be said, or nothing. */
  readonly rule: Rule;
  /** Whether to show what becomes of each event; `true` sends nothing. */
  readonly debug?: boolean | 'send' | undefined;
  /** Where what is said waits, when it is said or shown. */
  readonly shelf?: Shelf | undefined;
  /** Whether that outlasts the page. */
  readonly isLasting?: boolean;
}

/** Looks around, and decides. When people have to be told first, it tells them. */
export function look<Events>(options: Options<Events>): Found {
  const { vocabulary, telemetry, notice } = options;
  const { tool, sensitivity, mode } = vocabulary;
  const { disabled = telemetry === false, debug: asked } = Object(telemetry) as Exclude<Wish, boolean | undefined>;
  const variable = `${tool.toUpperCase().replace(/-/g, '_')}_TELEMETRY`;
  // No place can take back what another says off to.
  const { env = {}, versions } = world.process ?? {};
  const variables = [env, options.env ?? {}];
  const words = valuesOf(variables, variable);
  // A variable that asks to see it sends nothing, whatever the code says.
  const debug = words.includes('debug') || asked;
  // Debugging keeps nothing.
  const storage = debug === true ? undefined : (options.storage ?? storageOf());
  const shelf = shelfOf(tool, storage);
  const { ended, told } = shelf.state();
  const { doNotTrack, globalPrivacyControl, webdriver } = world.navigator ?? {};
  const rules: readonly unknown[] = [
    disabled,
    isSet(variables, 'DO_NOT_TRACK') || doNotTrack === '1',
    isSet(variables, `${variable}_DISABLED`),
    // A word that is not known is an off: whoever set it hardly wanted to be seen.
    words.some((word) => !/^(1|true|yes|on|debug)$/.test(word)),
    globalPrivacyControl,
    // In Node a page is rendered or tested, and `aboveboard/node` is for the rest.
    !options.automation && (webdriver || versions?.node),
    !options.development(),
    ended,
    words[0],
    mode !== 'on',
    // Who debugs knows what is collected.
    !notice || debug || told === sensitivity,
    world.document && storage,
    true,
  ];
  const rule = rules.findIndex(Boolean);
  if (rule < AUTOMATED) shelf.clear();
  if (rule === NOTICE_DUE) {
    shelf.keep({ told: sensitivity });
    console.info(`${tool} sends usage data from the next page on: ${notice}. ${variable}=0 stops it.`);
  }
  return { rule, debug, isLasting: !!storage, shelf: saysOn(rule) ? shelf : debug ? shelfOf(tool) : undefined };
}

/** Whether something may be said: by `tool_variable_on` or `default_on`. */
export function saysOn(rule: Rule): boolean {
  return rule === 8 || rule === 10;
}
