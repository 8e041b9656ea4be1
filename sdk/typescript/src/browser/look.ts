/** Looks around, once a page, and decides. Debugging keeps nothing, and whoever debugs knows what is collected. */

import { valuesOf } from '../frameworks.js';
import { NOTICE_DUE, type Rule, decide, variableOf } from './consent.js';
import type { Options } from './options.js';
import { type Shelf, shelfOf } from './shelf.js';
import { processOf, storageOf } from './world.js';

/** What is found. */
export interface Found {
  /** Why something may be said, or nothing. */
  readonly rule: Rule;
  /** Whether to show what becomes of each event; `true` sends nothing. */
  readonly debug: boolean | 'send' | undefined;
  readonly shelf: Shelf;
  /** Whether the shelf outlasts the page. */
  readonly lasting: boolean;
}

/** Looks around. When people have to be told first, it tells them. */
export function look<Events>(options: Options<Events>): Found {
  const { vocabulary, telemetry: wish, notice } = options;
  const { tool, sensitivity } = vocabulary;
  const variable = variableOf(tool);
  // No place can take back what another says off to.
  const variables = [processOf().env ?? {}, options.env ?? {}];
  const words = valuesOf(variables, variable);
  const debug = (typeof wish === 'object' && wish.debug) || words.includes('debug');
  const storage = debug === true ? undefined : (options.storage ?? storageOf());
  const shelf = shelfOf(storage ?? {}, tool);
  const state = shelf.state();
  // Who debugs knows what is collected.
  const rule = decide(options, variables, words, notice && !debug ? state : { ...state, told: sensitivity }, !!storage);
  if (rule === NOTICE_DUE) {
    shelf.keep({ told: sensitivity });
    console.info(`${tool} sends usage data from the next page on: ${notice}. ${variable}=0 stops it.`);
  }
  return { rule, debug, shelf, lasting: !!storage };
}
