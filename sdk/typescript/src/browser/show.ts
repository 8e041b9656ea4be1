/** What debugging shows: the fate of each event, the exact bodies, their answers. Loaded when somebody debugs. */

import { RULES } from './rules.js';

/** What happened, as a position in the list below or a status, and to what. */
export type Line = readonly [fate: number, about: string];

const FATES = ['would be sent', 'off', 'throttled, as it was said today', 'sampled out', 'the body', 'not answered'];

/** Shows lines in one folded group of the console. */
export function show(tool: string, rule: number, lines: readonly Line[]): void {
  console.groupCollapsed(`${tool} telemetry, by ${RULES[rule]}`);
  for (const [fate, about] of lines) console.log(`${FATES[fate] ?? `answered ${fate}`}: ${about}`);
  console.groupEnd();
}
