/** What debugging shows: the fate of each event, the exact bodies, their answers. Loaded when somebody debugs. */

import { RULES } from './rules.js';

/** What happened, as a position in the list below or a status, to what, and how often. */
export type Line = readonly [fate: number, about: string, n?: number];

const FATES = ['would be sent', 'off', 'throttled, as it was said today', 'sampled out', 'the body'];

/** Shows lines in one folded group of the console. */
export function show(tool: string, rule: number, lines: readonly Line[]): void {
  console.groupCollapsed(`${tool} telemetry, by ${RULES[rule]}`);
  for (const [fate, about, n] of lines) {
    const [event, fields] = n ? (JSON.parse(about) as [string, object]) : [about];
    const what = n ? `${n} × ${event}${JSON.stringify(fields)}` : about;
    console.log(`${FATES[fate] ?? (fate ? `answered ${fate}` : 'not answered')}: ${what}`);
  }
  console.groupEnd();
}
