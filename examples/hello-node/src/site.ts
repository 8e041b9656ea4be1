/** What the tool is for: it builds a site from `acme.toml`. What can go wrong has a code, and each code a page. */

import { readFileSync } from 'node:fs';
import { defineErrors } from 'aboveboard/errors';
import { errorCodes } from './errors.gen.js';

export const acmeErrors = defineErrors(errorCodes, {
  ACME_CONFIG_INVALID: 'acme.toml cannot be understood: {problem}',
  ACME_CONFIG_MISSING: 'no acme.toml was found',
});

/** Does what a command asks for, or throws. */
export function run(command: 'build' | 'check' | 'clean'): void {
  if (command !== 'clean') understand(config());
  console.log(`${command}: done`);
}

function config(): string {
  try {
    return readFileSync('acme.toml', 'utf8');
  } catch (cause) {
    throw acmeErrors.ACME_CONFIG_MISSING({}, { cause });
  }
}

/** The lines that an `acme.toml` may have: a table, or a key with a text, a number or a flag. */
function understand(text: string): void {
  text.split('\n').forEach((line, index) => {
    const invalid = (problem: string) => acmeErrors.ACME_CONFIG_INVALID({ problem: `line ${index + 1}: ${problem}` });
    const [, key, value = ''] = /^\s*([\w.]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (key === undefined && !/^\s*(#.*|\[.*\]\s*)?$/.test(line)) throw invalid('a key needs a value');
    if (key !== undefined && !/^(".*"|-?[\d.]+|true|false)$/.test(value)) throw invalid('a text needs quotation marks');
  });
}
