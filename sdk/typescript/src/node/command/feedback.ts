/** `feedback`: whether anybody is asked if the text of an error helped. A choice of its own beside telemetry's. */

import { type Session, misunderstood } from '../command.js';
import { isNever, refusalOf, rememberNever } from '../votes.js';

export function feedback(session: Session, words: readonly string[]): number {
  const [word, second] = words;
  const spool = session.install.spool();
  if ((word !== 'on' && word !== 'off') || second !== undefined) return misunderstood(session, second ?? word ?? 'feedback');
  if (!spool) {
    session.complain('not saved: there is no home folder');
    return 1;
  }
  if (isNever(spool) !== (word === 'off')) rememberNever(spool, word === 'off', session.now);
  session.write(`${word === 'off' ? NEVER : `${MAYBE}${against(session)}`}\n`);
  return 0;
}

const NEVER = 'You will not be asked again whether the text of an error helped.';
const MAYBE = 'You may be asked whether the text of an error helped, once a code and month.';

/** Nothing is claimed that does not hold. */
function against({ install }: Session): string {
  const reason = refusalOf(install);
  return reason === undefined ? '' : ` But not now: ${reason}.`;
}
