// What follows an error is told by the next run that ends, once.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { Desk, vocabulary } from '../coded.mjs';
import { followed, remember } from '../../dist/esm/node/followed.js';
import { open } from '../../dist/esm/node/index.js';

const [A, B] = ['ACME_CONFIG_MISSING', 'ACME_DISK_FULL'];

/** What a run that ends so many seconds later, with these codes, says about an error of code A. */
function next(t, seconds, codes) {
  const { spool } = new Desk(t);
  remember(spool, 1_000, [B, A]);
  return followed(vocabulary, spool, 1_000 + seconds, codes);
}

test('a run says what came next', (t) => {
  for (const [seconds, codes, what] of [
    [0, [A], 'again'],
    [600, [B, A, B], 'again'],
    [600, [B], 'other_error'],
    [600, [], 'success'],
    [601, [], 'gave_up'],
    [601, [A], 'gave_up'],
  ]) {
    assert.deepEqual(next(t, seconds, codes), { event: 'error_followed', fields: { code: A, next: what } });
  }
});

test('a clock that was set back tells nothing', (t) => assert.equal(next(t, -1, []), undefined));

test('without an error, or with a file that holds none, nothing followed', (t) => {
  const desk = new Desk(t);
  assert.equal(followed(vocabulary, desk.spool, 1_000, []), undefined);
  for (const text of ['', A, `${A} soon`, `${A} 1 2`, '{}']) {
    writeFileSync(desk.path('last-error'), text);
    assert.equal(followed(vocabulary, desk.spool, 1_000, []), undefined, text);
  }
});

/** Runs a tool that shows these errors and ends. */
function run(desk, ...codes) {
  const telemetry = open({ ...desk.tool, around: desk.around });
  for (const code of codes) telemetry.error(code);
  telemetry.close();
}

test('runs remember the last error, tell of it once, and forget it', (t) => {
  const desk = new Desk(t);
  run(desk, B, A);
  assert.match(desk.text('last-error'), /^ACME_CONFIG_MISSING \d+\n$/);
  run(desk, A);
  run(desk);
  assert.equal(desk.text('last-error'), undefined);
  run(desk);
  const followed = desk.events().filter(({ event }) => event === 'error_followed');
  assert.deepEqual(followed.map(({ code, next }) => [code, next]), [[A, 'again'], [A, 'success']]);
  assert.deepEqual(desk.events().filter(({ event }) => event === 'error_shown').map(({ code }) => code), [A, B, A]);
});

test('a code without a page is neither said nor remembered', (t) => {
  const desk = new Desk(t);
  run(desk, 'ACME_NOPE', '/home/alice/secret');
  assert.deepEqual([desk.events(), desk.text('last-error')], [[], undefined]);
});

test('off keeps nothing, and takes what was kept', (t) => {
  const desk = new Desk(t);
  run(desk, A);
  desk.variables.DO_NOT_TRACK = '1';
  run(desk, B);
  assert.deepEqual([desk.text('last-error'), desk.text('queue')], [undefined, undefined]);
});
