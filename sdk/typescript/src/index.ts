/** What every environment shares: the catalogue's types, and the pure functions that all SDKs agree on. */

export { checkEvent, checkFields, refusalOf, said } from './check.js';
export type { RawEvent, Sheet, Value } from './check.js';
export { decide, emptiesTheQueue, variablesOf } from './consent.js';
export type { Decision, Given, Mode, Rule, Says } from './consent.js';
export { OtherVersion, decodeBatch, decodeReceipt } from './decode.js';
export type { Receipt } from './decode.js';
export { agent, attended, ci, container, switchOf, wsl } from './environment.js';
export type { Environment } from './environment.js';
export { dayText, parseDay } from './day.js';
export type { Day } from './day.js';
export { version } from './version.js';
export type {
  About,
  AboutEvent,
  DefaultMode,
  Fields,
  Identity,
  Kind,
  Sensitivity,
  Version,
  Vocabulary,
} from './vocabulary.js';
export { encodeBatch } from './wire.js';
export type { Batch, Period, WireEvent } from './wire.js';
export { wordOf } from './words.js';
export type { WordOf } from './words.js';
