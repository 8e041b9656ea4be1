// `aboveboard-errors`: pages to TypeScript, the same each time, and everything that is wrong at once.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';

const BIN = fileURLToPath(new URL('../bin/errors.mjs', import.meta.url));

/** A page as people write it. */
const page = (title, more = '') => `+++
title = "${title}"
since = "1.0.0" # a version of the tool
severity = "error"
see_also = ["ACME_DISK_FULL"]
${more}[[revision]]
day = "2026-03-02"
title = "of the revision"
+++

## What happened

No \`acme.toml\` in \`\${folder}\`.

## Why
Because.
## Fix it
Write one.
## Example
\`\`\`console
$ acme build
## no heading
error[ACME_CONFIG_MISSING]
\`\`\`
## Still stuck
Ask.
`;

/** A folder with these pages. */
function folder(t, pages) {
  const home = mkdtempSync(join(tmpdir(), 'aboveboard-'));
  t.after(() => rmSync(home, { recursive: true }));
  mkdirSync(join(home, 'errors'));
  for (const [name, text] of Object.entries(pages)) writeFileSync(join(home, 'errors', name), text);
  const run = (...words) => spawnSync(process.execPath, [BIN, ...words], { cwd: home, encoding: 'utf8' });
  return { run, out: join(home, 'src/errors.gen.ts') };
}

test('pages become a union, a list and texts, in one order and in the same bytes', async (t) => {
  const pages = { 'ACME_DISK_FULL.md': page('Full', 'removed = "2.0.0"\n'), 'ACME_CONFIG_MISSING.md': page('None').replaceAll('\n', '\r\n') };
  const { run, out } = folder(t, { ...pages, 'README.txt': 'not a page' });
  assert.deepEqual([run().stderr, run().status], ['', 0]);
  const text = readFileSync(out, 'utf8');
  assert.match(text, /export type ErrorCode =\n {2}\| 'ACME_CONFIG_MISSING'\n {2}\| 'ACME_DISK_FULL';\n/);
  const { code } = transformSync(text, { loader: 'ts', format: 'esm' });
  const made = await import(`data:text/javascript,${encodeURIComponent(code)}`);
  assert.deepEqual(made.errorCodes, ['ACME_CONFIG_MISSING', 'ACME_DISK_FULL']);
  const { sections, ...facts } = made.errorPages.ACME_DISK_FULL;
  assert.deepEqual(facts, { title: 'Full', since: '1.0.0', removed: '2.0.0', severity: 'error', seeAlso: ['ACME_DISK_FULL'] });
  assert.deepEqual(sections.map(([heading]) => heading), ['What happened', 'Why', 'Fix it', 'Example', 'Still stuck']);
  assert.equal(sections[0][1], 'No `acme.toml` in `${folder}`.');
  assert.equal(sections[3][1], '```console\n$ acme build\n## no heading\nerror[ACME_CONFIG_MISSING]\n```');
  assert.equal(made.errorPages.ACME_CONFIG_MISSING.sections[3][1], sections[3][1], 'line ends of Windows');
});

test('as JavaScript it has its types beside it, and says the same', async (t) => {
  const { run, out } = folder(t, { 'ACME_DISK_FULL.md': page('Full') });
  assert.deepEqual([run().stderr, run('errors', 'src/errors.gen.js').stderr], ['', '']);
  const module = (code) => import(`data:text/javascript,${encodeURIComponent(code)}`);
  const [script, types] = ['js', 'd.ts'].map((ending) => readFileSync(out.replace(/ts$/, ending), 'utf8'));
  const plain = await module(script);
  const { code } = transformSync(readFileSync(out, 'utf8'), { loader: 'ts', format: 'esm' });
  assert.deepEqual({ ...plain }, { ...(await module(code)) });
  assert.match(types, /export type ErrorCode =\n {2}\| 'ACME_DISK_FULL';\n/);
  for (const name of Object.keys(plain)) assert.ok(types.includes(`export declare const ${name}: `), name);
});

test('what did not change is not written again', (t) => {
  const { run, out } = folder(t, { 'ACME_DISK_FULL.md': page('Full') });
  run();
  utimesSync(out, 1, 1);
  run();
  assert.equal(statSync(out).mtimeMs, 1_000);
});

test('everything that is wrong is said at once, and nothing is written', (t) => {
  const { run, out } = folder(t, {
    'acme.md': page('Lower case'),
    'ACME_A.md': 'no facts\n',
    'ACME_B.md': page('').replace('severity = "error"', 'severity = 7\nnonsense').replace('## Why\nBecause.\n', ''),
  });
  const { stderr, status } = run('errors', 'src/errors.gen.ts');
  assert.equal(status, 1);
  for (const part of [
    'acme.md:1: the name of the file is the code',
    'ACME_A.md:1: a page begins with its facts',
    'ACME_A.md:1: the first section is',
    'ACME_B.md:4: `severity` is neither a text nor a list',
    'ACME_B.md:5: a fact is a line',
    'ACME_B.md:1: a page has a `title`',
    'ACME_B.md:11: the sections are',
  ]) {
    assert.ok(stderr.includes(part), `${part}\n${stderr}`);
  }
  assert.throws(() => statSync(out));
  for (const words of [['nowhere'], ['--help'], ['a', 'b', 'c']]) assert.equal(run(...words).status, 1);
});
