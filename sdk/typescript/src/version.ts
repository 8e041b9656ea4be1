/**
 * Versions of tools and packages: numbers and a known channel word, never free text. A semantic version can carry a
 * name in its prerelease or build part, so only what is known of them is kept.
 */

import type { Version } from './vocabulary.js';

/** The prerelease words that are kept. Any other becomes `other`. */
const CHANNELS = 'alpha beta canary dev edge experimental insiders m next nightly other pre preview rc snapshot unstable';

const TEXT_CHARACTERS_MAX = 256;
const NUMBER_MAX = 2 ** 32 - 1;
const CHANNEL_NUMBER_MAX = 2 ** 24 - 2;

/** A version read from a text, and whether a part of it was folded away. */
export interface ReadVersion {
  readonly version: Version;
  readonly folded: boolean;
}

/** The version that a text is, or the lowest of a range such as `^16.4.6`. `undefined` for a tag, a URL, a path. */
export function version(text: string): Version | undefined {
  return readVersion(text)?.version;
}

/** The same, with what had to be left out. */
export function readVersion(text: string): ReadVersion | undefined {
  if (text.length > TEXT_CHARACTERS_MAX) return undefined;
  const parts = /^[\^~>=v ]*(\d+)(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*]))?(?:-([^+ |]*))?(?:[+ |]|$)/.exec(text);
  if (!parts) return undefined;
  const numbers = [parts[1], parts[2], parts[3]].map((part) => (part && /\d/.test(part) ? Number(part) : 0));
  if (numbers.some((number) => number > NUMBER_MAX)) return undefined;
  const { tail, folded } = parts[4] === undefined ? { tail: '', folded: false } : readPrerelease(parts[4]);
  return { version: (numbers.join('.') + tail) as Version, folded };
}

/** `-rc.1` of `rc.1`, `rc-1` and `rc1`; `-other` of what is not known. */
function readPrerelease(text: string): { tail: string; folded: boolean } {
  const [, word = '', rest = ''] = /^([A-Za-z]*)[.-]?(.*)$/s.exec(text) ?? [];
  if (!word || !CHANNELS.split(' ').includes(word)) return { tail: '-other', folded: true };
  const number = /^\d+$/.test(rest) && Number(rest) <= CHANNEL_NUMBER_MAX ? `.${Number(rest)}` : '';
  return { tail: `-${word}${number}`, folded: rest !== '' && number === '' };
}
