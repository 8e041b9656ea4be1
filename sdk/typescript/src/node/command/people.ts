/** How texts for people spell days, minutes and paths, and JSON spells moments. */

import { type Day, dayOfSeconds } from '../../day.js';
import type { Install } from '../install.js';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Seconds from 1970 to the end of all dates. A number in a file that was damaged can be larger. */
const SECONDS_MAX = 8_640_000_000_000;

/** A day as people write it: `3 Sep 2026`. */
export function dayForPeople(day: Day): string {
  const date = dateOf(day * 86_400);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}

/** A minute as people write it: `20 Nov 2026 14:02 UTC`. */
export function minuteForPeople(seconds: number): string {
  return `${dayForPeople(dayOfSeconds(seconds))} ${dateOf(seconds).toISOString().slice(-13, -8)} UTC`;
}

function dateOf(seconds: number): Date {
  return new Date(Math.max(Math.min(seconds, SECONDS_MAX), -SECONDS_MAX) * 1000);
}

/** A moment as programs read it (RFC 3339): `2026-11-20T14:02:00Z`. */
export function stamp(seconds: number): string {
  return dateOf(seconds).toISOString().replace('.000Z', 'Z');
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
