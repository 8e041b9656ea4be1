// A code that has no page is never said: not folded, not dropped, but the whole event turned away.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { declared } from '../dist/esm/browser/declared.js';
import { checkEvent } from '../dist/esm/index.js';
import { vocabulary } from './coded.mjs';

const judged = (code) => checkEvent(vocabulary, { event: 'error_shown', fields: { code, command: 'build' } }, 20_000);

test('only codes with pages are said', () => {
  assert.deepEqual(judged('ACME_DISK_FULL').values, { code: 'ACME_DISK_FULL', command: 'build' });
  for (const none of ['', 'none', null, undefined]) assert.deepEqual(judged(none).values, { command: 'build' });
  for (const other of ['other', 'ACME_NOPE', 'acme_disk_full', '/home/alice/secret', 7, true, {}, ['ACME_DISK_FULL']]) {
    assert.equal(judged(other), 'code_undeclared', JSON.stringify(other));
  }
});

test('no other text leaves a page of the web', () => {
  const said = declared(vocabulary.events.error_shown, { code: '/home/alice/secret' });
  assert.equal(JSON.stringify(said), '{"code":"other"}');
});
