/** How texts for people spell days, minutes and paths, and JSON spells moments. */

import { type Day, dayOfSeconds } from '../../day.js';
import type { Install } from '../install.js';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A day as people write it: `3 Sep 2026`. */
export function dayForPeople(day: Day): string {
  const date = new Date(day * 86_400_000);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}

/** A minute as people write it: `20 Nov 2026 14:02 UTC`. */
export function minuteForPeople(seconds: number): string {
  return `${dayForPeople(dayOfSeconds(seconds))} ${new Date(seconds * 1000).toISOString().slice(11, 16)} UTC`;
}

/** A moment as programs read it (RFC 3339): `2026-11-20T14:02:00Z`. */
export function stamp(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}

/** `1 batch`, `2 batches`. */
export function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** A path as people write it. */
export function pathForPeople(install: Install, path: string): string {
  const home = install.around.variables['HOME'];
  return home && path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}
