/**
 * Calendar days in UTC as numbers counted from 1970-01-01, and as the text `2026-11-22`. Nothing here reads a clock:
 * whoever needs today is given it.
 */

/** A day, counted from 1970-01-01. */
export type Day = number;

const MILLISECONDS_A_DAY = 86_400_000;

/** The day of a moment in seconds since 1970. */
export function dayOfSeconds(seconds: number): Day {
  return Math.floor(seconds / 86_400);
}

/** Reads `YYYY-MM-DD`, and nothing else. */
export function parseDay(text: string): Day | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || text < '0001') return undefined;
  const milliseconds = Date.parse(`${text}T00:00:00Z`);
  const day = milliseconds / MILLISECONDS_A_DAY;
  return Number.isNaN(day) || dayText(day) !== text ? undefined : day;
}

/** A day as `YYYY-MM-DD`. `toISOString` would say the same, and first read the time zone of the machine from the disk. */
export function dayText(day: Day): string {
  const date = new Date(day * MILLISECONDS_A_DAY);
  const parts = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
  return parts.map((part, at) => String(part).padStart(at === 0 ? 4 : 2, '0')).join('-');
}

/** The Monday of a day's week. 1970-01-01 was a Thursday. */
export function weekOf(day: Day): Day {
  return day - ((((day + 3) % 7) + 7) % 7);
}

/** The first day of a day's month. */
export function monthOf(day: Day): Day {
  return day + 1 - new Date(day * MILLISECONDS_A_DAY).getUTCDate();
}
