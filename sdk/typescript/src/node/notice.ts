/** What people are told before anything is recorded, and, where the catalogue wants it, asked. Only to stderr. */

import type { Kind } from '../vocabulary.js';
import type { Install } from './install.js';

/** Columns of a text. */
const WIDTH = 72;
/** Columns before what a line says. */
const HANGING = 13;

/** The notice of a tool that is on by default. */
export function notice(install: Install): string {
  return [
    `${install.name} sends usage statistics to the people who make it.`,
    ...sent(install),
    '  Not yet:   nothing is sent or kept during this run.',
    `  See it:    ${install.command} inspect`,
    `  Stop it:   ${install.command} disable      or set DO_NOT_TRACK=1`,
    `  All of it: ${install.page()}`,
    '',
  ].join('\n');
}

/** The question of a tool that asks. */
export function question(install: Install): string {
  return [
    `${install.name} would like to send usage statistics to the people who make it.`,
    ...sent(install),
    `  Change it: ${install.command} enable, or disable, at any time`,
    `  All of it: ${install.page()}`,
    'Send them? [y/N] ',
  ].join('\n');
}

/** Whether an answer is a yes. */
export function isYes(line: string): boolean {
  return ['y', 'yes'].includes(line.trim().toLowerCase());
}

/** What is sent, by the names that the catalogue gives it. */
function sent({ tool: { vocabulary } }: Install): string[] {
  const spoken = [...Object.values(vocabulary.events), vocabulary.origin].flatMap((fields) =>
    Object.entries(fields).filter(([, kind]) => !('drop' in kind)),
  );
  const list = [...new Set(spoken.map(nameOf))].join(', ');
  return wrapped('Sent:', `${list}. Nothing else: no paths, no source code, no arguments, no addresses.`);
}

function nameOf([name, kind]: [string, Kind]): string {
  return name === 'code' && 'code' in kind ? 'error code' : name.replaceAll('_', ' ');
}

/** A label and a text that goes on below itself. */
function wrapped(label: string, text: string): string[] {
  let line = `  ${label.padEnd(HANGING - 2)}`;
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    if (line.length + 1 + word.length > WIDTH) {
      lines.push(line.trimEnd());
      line = ' '.repeat(HANGING) + word;
    } else {
      line += (line.length > HANGING ? ' ' : '') + word;
    }
  }
  return [...lines, line.trimEnd()];
}
