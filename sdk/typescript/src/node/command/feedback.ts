/** `feedback`: whether anybody is asked if the page of an error helped. A choice of its own beside telemetry's. */

import { FILE, rememberNever } from '../asked.js';
import { type Session, misunderstood, notWritten } from '../command.js';
import type { Install } from '../install.js';
import { type Asking, asking, feedbackVariable } from '../votes.js';

export function feedback(session: Session, words: readonly string[]): number {
  const [word, second] = words;
  const wrong = [undefined, 'on', 'off'].includes(word) ? second : word;
  if (wrong !== undefined) return misunderstood(session, wrong);
  const spool = session.install.spool();
  try {
    if (word && spool) rememberNever(spool, word === 'off');
  } catch (error) {
    return notWritten(session, spool?.path(FILE) ?? '', error);
  }
  session.write(`Feedback: ${sentence(session.install)}\n`);
  return 0;
}

/** Whether somebody is asked, and why not. */
export function sentence(install: Install): string {
  const { name, command } = install;
  const sentences: Readonly<Record<Asking, string>> = {
    yes: `asked below a page of ${install.word('explain')}, once a code and month`,
    no_votes: `never asked, for ${name} does not want to know`,
    off: 'not asked while telemetry is off',
    variable: `not asked: ${feedbackVariable(install)}=0 in the environment`,
    never: `never asked, as you chose; ${command} feedback on changes that`,
  };
  return sentences[asking(install)];
}
