// What is published: all that its entries and its licence name, what can be read beside what runs, and nothing else.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const about = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));

/** The paths that a part of `exports` names. */
const named = (part) => (typeof part === 'string' ? [part] : Object.values(part).flatMap(named));

test('the package holds what it names, its licence, its source, and nothing of its tests', () => {
  const { stdout } = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: root, encoding: 'utf8' });
  const files = JSON.parse(stdout)[0].files.map(({ path }) => path);
  const wanted = [...named(about.exports), ...named(about.bin), 'README.md', 'LICENSE-MIT', 'LICENSE-APACHE', 'src/index.ts'];
  assert.deepEqual(wanted.filter((path) => !files.includes(path.replace('./', ''))), []);
  const places = /^(bin|dist\/(esm|cjs)|src)\/|^(README\.md|LICENSE-\w+|package\.json)$/;
  assert.deepEqual(files.filter((path) => !places.test(path)), []);
});

test('installing it runs nothing and brings nothing else', () => {
  const scripts = ['preinstall', 'install', 'postinstall', 'prepare'];
  assert.deepEqual([scripts.filter((name) => name in about.scripts), about.dependencies], [[], undefined]);
});
