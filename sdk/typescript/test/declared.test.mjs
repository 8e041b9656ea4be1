// What leaves a page is what the judge would keep of it: nothing to fold, nothing to drop, and the same values.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { declared } from '../dist/esm/browser/declared.js';
import { checkEvent, checkFields, parseDay, said } from '../dist/esm/index.js';
import { acme, conformance } from './catalogs.mjs';
import { read } from './golden.mjs';

const numbers = [-1, 0, 0.4, 1, 1.1, 2, 3, 9.99, 10, 11, 99, 100, 1234.5, 59_999, 3_600_000, 1e9, Number.MAX_VALUE];
const texts = [
  'build',
  'ok',
  'none',
  'other',
  '',
  'private',
  '1.2.3',
  '19.3.1-canary.7',
  '1.0.0-alice.7',
  'file:../x',
  'ACME_CONFIG_MISSING',
];
const odd = [
  null,
  undefined,
  true,
  false,
  NaN,
  Infinity,
  {},
  { build: 1 },
  [],
  ['watch'],
  ['watch', 'x', 'draft', 'watch'],
  [['watch']],
  () => 1,
  10n,
];

test('what leaves a page is declared, whatever it is given', () => {
  let judged = 0;
  for (const vocabulary of [acme, conformance]) {
    for (const fields of [vocabulary.origin, ...Object.values(vocabulary.events)]) {
      for (const value of [...numbers, ...texts, ...odd]) {
        const given = Object.fromEntries(Object.keys(fields).map((name) => [name, value]));
        const leaves = declared(fields, { ...given, undeclared: 'secret', constructor: 'secret' });
        const sheet = checkFields(fields, JSON.parse(JSON.stringify(leaves)));
        assert.deepEqual([sheet.folded, sheet.dropped], [0, 0], JSON.stringify(leaves));
        assert.ok(!JSON.stringify(leaves).includes('private') && !JSON.stringify(leaves).includes('alice'));
        judged++;
      }
    }
  }
  assert.ok(judged > 300);
});

test('of a code without a page nothing leaves but that there was one, and that is turned away', () => {
  const cases = JSON.parse(read('conformance/check/codes.json')).filter(({ rejected }) => rejected);
  for (const { name, event, rejected } of cases) {
    const fields = declared(acme.events[event.event], event.fields);
    assert.deepEqual([fields.code, checkEvent(acme, { ...event, fields }, parseDay('2026-11-22'))], ['other', rejected], name);
  }
  assert.ok(cases.length >= 15);
});

test('a number falls into the bucket that the judge would choose', () => {
  const kinds = [
    { unit: 'ms', log: 0.05, min: 1, max: 3_600_000 },
    { unit: 'ms', log: 0.01, min: 0.5, max: 777 },
    { unit: 'pages', edges: [0, 1, 2, 5, 10, 1000] },
  ];
  for (const kind of kinds) {
    for (let number = 0.3; number < 1e8; number *= 1.013) {
      const { x } = declared({ x: kind }, { x: number });
      assert.deepEqual(
        checkFields({ x: kind }, { x }).values,
        checkFields({ x: kind }, { x: number }).values,
        `${number}`,
      );
    }
  }
});

test('keys and values are those that other SDKs write', () => {
  const fields = conformance.events.command_finished;
  const given = { command: 'build', features: ['watch', 'cache'], ok: true, plugin: 'eslint' };
  const expected = said(
    fields,
    checkFields(fields, { command: 'build', features: ['watch', 'cache'], 'result.ok': true, plugin: 'eslint' }),
  );
  assert.equal(JSON.stringify(declared(fields, given)), JSON.stringify(expected));
});
