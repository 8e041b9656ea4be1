// What must not be said does not type-check, under each way of resolving modules, from the declarations as published.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const TSC = `${ROOT}node_modules/typescript/bin/tsc`;
const WAYS = {
  bundler: ['--module', 'esnext', '--moduleResolution', 'bundler'],
  node16: ['--module', 'node16', '--moduleResolution', 'node16'],
};
const files = (folder) => readdirSync(`${ROOT}test/types/${folder}`).map((name) => `test/types/${folder}/${name}`);

/** The files in which tsc finds something. */
function wrong(way, names) {
  const flags = [
    '--noEmit',
    '--strict',
    '--exactOptionalPropertyTypes',
    '--target',
    'es2022',
    '--types',
    'node',
    ...WAYS[way],
  ];
  const { stdout, status } = spawnSync(process.execPath, [TSC, '--ignoreConfig', ...flags, ...names], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const found = [...stdout.matchAll(/^(\S+?)\((\d+),/gm)];
  return { status, stdout, found: [...new Set(found.map(([, file, line]) => `${file}:${line}`))] };
}

for (const way of Object.keys(WAYS)) {
  test(`what is declared type-checks (${way})`, () => {
    const { stdout, status } = wrong(way, files('pass'));
    assert.equal(status, 0, stdout);
  });

  test(`what is not declared does not, in the line that says it (${way})`, () => {
    const { found } = wrong(way, files('fail'));
    assert.deepEqual(
      found.sort(),
      files('fail')
        .map((file) => `${file}:5`)
        .sort(),
    );
  });
}
