// Every case that all SDKs share, in Node, from the ES modules and from the CommonJS that are published.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import * as esm from '../dist/esm/index.js';
import { acme, conformance } from './catalogs.mjs';
import { checkEvents, checkOrigins } from './conformance/check.mjs';
import { checkConsent } from './conformance/consent.mjs';
import { checkFacts } from './conformance/environment.mjs';
import { checkBatches, checkReceipts } from './conformance/wire.mjs';
import { read } from './golden.mjs';

const cjs = createRequire(import.meta.url)('../dist/cjs/index.js');
const cases = (path) => JSON.parse(read(`conformance/${path}.json`));

for (const [format, it] of Object.entries({ esm, cjs })) {
  test(`events and origins are judged as everywhere (${format})`, () => {
    assert.ok(checkEvents(it, conformance, cases('check/events')) >= 40);
    assert.ok(checkOrigins(it, conformance, cases('check/origins')) >= 12);
    assert.ok(checkEvents(it, acme, cases('check/codes')) >= 20);
  });

  test(`batches and receipts are read and written as everywhere (${format})`, () => {
    assert.ok(checkBatches(it, cases('wire/batches')) >= 35);
    assert.ok(checkReceipts(it, cases('wire/receipts')) >= 4);
  });

  test(`consent is decided as everywhere (${format})`, () => {
    const files = ['variables', 'debug', 'policies', 'choice', 'notice', 'defaults'];
    const counts = files.map((file) => checkConsent(it, cases(`consent/${file}`)));
    assert.ok(counts.reduce((sum, count) => sum + count) >= 200);
  });

  test(`CI, containers and agents are told as everywhere (${format})`, () => {
    assert.ok(checkFacts(it, cases('environment/facts')) >= 60);
  });
}
