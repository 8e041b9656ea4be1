/** For tools that run in Node: record, and the `telemetry` command. */

export { cittyCommand, cittyExplain, commanderCommand, commanderExplain } from './adapters.js';
export { consentHandler, explain, feedbackHandler, runCommand } from './late.js';
export type { Consent, Feedback } from './late.js';
export type { Streams } from './command.js';
export type { Tool } from './install.js';
export { Telemetry, open } from './telemetry.js';
export type { Config } from './telemetry.js';
export type { Surroundings } from './surroundings.js';
export { version } from '../version.js';
export { wordOf } from '../words.js';
