// Texts kept in files and compared as a whole. UPDATE_GOLDEN=1 writes them anew.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the repository. */
export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Reads a file of the repository. */
export const read = (path) => readFileSync(ROOT + path, 'utf8');

/** Compares a text with a file of the repository. */
export function golden(path, text) {
  if (process.env.UPDATE_GOLDEN) {
    mkdirSync(dirname(ROOT + path), { recursive: true });
    writeFileSync(ROOT + path, text);
  }
  assert.equal(text, read(path), `\`${path}\` is stale; run \`npm run update\` and look at the difference`);
}
