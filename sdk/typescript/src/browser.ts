/** For pages, workers and apps: `aboveboard/browser`. */

export { open } from './browser/open.js';
export { saysOn } from './browser/consent.js';
export type { Rule } from './browser/consent.js';
export type { Options, Sample, Telemetry, Wish } from './browser/options.js';
export type { Storage } from './browser/shelf.js';
export { version } from './version.js';
export type { Version, Vocabulary } from './vocabulary.js';
