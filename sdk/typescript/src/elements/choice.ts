/**
 * What a visitor chose, or what holds for one who did not: the same in a page and on a server. Four switches are the bits
 * of a number, so that what is written in the cookie, sent as a record and compared is one thing.
 */

/** What a category is called, and its bit. Essential is what a page cannot do without. */
export const BITS: Readonly<Record<string, number>> = { essential: 8, marketing: 4, analytics: 2, functional: 1 };
const ESSENTIAL = 8;
const FUNCTIONAL = 1;
const ALL = 15;

/** For so long a choice is remembered: 180 days. */
export const COOKIE_SECONDS = 15_552_000;

/** What holds, and whether the visitor is to be asked. */
export interface Held {
  readonly bits: number;
  readonly isAsked: boolean;
  /** What was chosen, under whichever notice. */
  readonly saved: number | undefined;
}

/**
 * What was chosen under this notice or a later one; then what the browser asks for; then what the region's law has for
 * those who were not asked. Only `opt-out` is opt-out: nobody is taken to live where less is asked of a site. A no to an
 * earlier notice stays a no.
 */
export function held(model: string | null | undefined, version: number, isSignalled: boolean, cookies: string): Held {
  const [, notice = '', word] = /(?:^|; *)consent=(\d+)\.\d+\.\w+\.(1[01]{3})(?:;|$)/.exec(cookies) ?? [];
  const saved = word ? parseInt(word, 2) : undefined;
  if (saved && +notice >= version) return { bits: saved, isAsked: false, saved };
  const unasked = model !== 'opt-out' ? ESSENTIAL : isSignalled ? ESSENTIAL + FUNCTIONAL : ALL;
  return { bits: unasked & (saved ?? ALL), isAsked: !isSignalled, saved };
}

/** What a button means: the switches are told where it saves them. */
export function chosen(action: string | undefined, switches: number): number {
  return action === 'accept' ? ALL : action === 'save' ? ESSENTIAL | switches : ESSENTIAL;
}

/** The four fields of a record, in their order. What takes back an earlier yes is a withdrawal, whichever button it was. */
export function record(version: number, action: string, bits: number, isSignalled: boolean, saved: number | undefined): Record<string, string> {
  const act = (saved ?? 0) & ~bits ? 'withdraw' : action;
  return { v: `${version}`, act, bits: bits.toString(2), gpc: isSignalled ? '1' : '0' };
}

/** The cookie that remembers it. It holds no number of anybody. */
export function cookie({ v, act, bits }: Record<string, string>, seconds: number, isSecure: boolean): string {
  return `consent=${v}.${seconds}.${act}.${bits}; Max-Age=${COOKIE_SECONDS}; Path=/; SameSite=Lax${isSecure ? '; Secure' : ''}`;
}

/** Those of the cookies that a list of names means: `_ga*` is all that begin so. */
export function named(list: string | null | undefined, cookies: string): string[] {
  const names = cookies.split(/; */).map((pair) => pair.split('=')[0] ?? '');
  const means = (pattern: string) => (name: string) => name === pattern || (pattern.endsWith('*') && name.startsWith(pattern.slice(0, -1)));
  return (list ?? '').split(' ').flatMap((pattern) => (pattern ? names.filter(means(pattern)) : []));
}
