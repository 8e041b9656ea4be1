// A code stays with its error wherever errors go, is not to be seen there, and is never one that nobody declared.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { MessageChannel } from 'node:worker_threads';
import * as api from '../dist/esm/errors.js';

const { codeOf, defineErrors, fromDigest, lastLine, revive, serialise, toDigest, withCode } = api;
const codes = ['ACME_CONFIG_MISSING', 'ACME_DISK_FULL', 'ACME_TEMPLATE_INVALID'];
const errors = defineErrors(codes, {
  ACME_CONFIG_MISSING: 'no acme.toml was found in {folder}',
  ACME_DISK_FULL: 'the disk is full',
  ACME_TEMPLATE_INVALID: '{{{name}}} is {{ no }} template',
  ACME_MADE_UP: 'nobody wrote a page for this',
});

test('an error has the message of its template and a code that logs do not show', () => {
  const error = errors.ACME_CONFIG_MISSING({ folder: 'site' });
  assert.ok(error instanceof Error);
  assert.equal(error.message, 'no acme.toml was found in site');
  assert.equal(codeOf(error), 'ACME_CONFIG_MISSING');
  for (const shown of [inspect(error), String(error), JSON.stringify(error), JSON.stringify({ ...error })]) {
    assert.ok(!shown.includes('ACME_CONFIG_MISSING'), shown);
  }
});

test('what a template needs and is not given stays as it is', () => {
  assert.equal(errors.ACME_CONFIG_MISSING({}).message, 'no acme.toml was found in {folder}');
  assert.equal(errors.ACME_CONFIG_MISSING({ folder: '$& {folder}' }).message, 'no acme.toml was found in $& {folder}');
});

test('two braces are one', () => {
  assert.equal(errors.ACME_TEMPLATE_INVALID({ name: 'x' }).message, '{x} is { no } template');
});

test('a code without a page is none', () => {
  assert.equal(errors.ACME_MADE_UP().message, 'nobody wrote a page for this');
  assert.equal(codeOf(errors.ACME_MADE_UP()), undefined);
  assert.equal(codeOf(withCode(new Error('of another tool'), 'OTHER_CODE'), codes), undefined);
  for (const errorCode of ['/home/alice', 'acme', 'ENOENT-x', '', 7, null]) {
    assert.equal(codeOf(Object.assign(new Error('x'), { errorCode })), undefined, `${errorCode}`);
  }
});

test('it survives being wrapped, and a new code hides it', () => {
  const cause = errors.ACME_DISK_FULL();
  const wrapped = new Error('the build failed', { cause: new TypeError('inner', { cause }) });
  assert.equal(codeOf(wrapped), 'ACME_DISK_FULL');
  assert.equal(codeOf(withCode(wrapped, 'ACME_CONFIG_MISSING')), 'ACME_CONFIG_MISSING');
  const ring = new Error('ring');
  ring.cause = ring;
  for (const none of [ring, undefined, null, 'ACME_DISK_FULL', 7]) assert.equal(codeOf(none), undefined);
});

/** Ways on which an error loses what is not its own and enumerable. */
const WAYS = {
  JSON: (it) => JSON.parse(JSON.stringify(it)),
  structuredClone,
  postMessage: (it) => {
    const { port1, port2 } = new MessageChannel();
    return new Promise((resolve) => {
      port2.once('message', (message) => (port1.close(), resolve(message)));
      port1.postMessage(it);
    });
  },
};
for (const [name, way] of Object.entries(WAYS)) {
  test(`it survives ${name}`, async () => {
    const error = new RangeError('outer', { cause: errors.ACME_DISK_FULL() });
    const arrived = revive(await way(serialise(error)));
    assert.deepEqual([arrived.name, arrived.message, codeOf(arrived)], ['RangeError', 'outer', 'ACME_DISK_FULL']);
    assert.deepEqual([arrived.cause.message, codeOf(arrived.cause)], ['the disk is full', 'ACME_DISK_FULL']);
    assert.ok(!inspect(arrived).includes('ACME_DISK_FULL'));
    assert.equal(codeOf(revive(await way(serialise(new Error('plain'))))), undefined);
  });
}

test('plain data names no file', () => {
  assert.deepEqual(serialise(errors.ACME_DISK_FULL()), {
    name: 'Error',
    message: 'the disk is full',
    errorCode: 'ACME_DISK_FULL',
  });
  assert.deepEqual(serialise('a text that was thrown'), { name: 'Error', message: 'a text that was thrown' });
});

test('it survives where nothing but a digest does', () => {
  const digest = toDigest('2889014112', errors.ACME_DISK_FULL());
  assert.equal(digest, '2889014112@ACME_DISK_FULL');
  assert.equal(codeOf(Object.assign(new Error('hidden in production'), { digest })), 'ACME_DISK_FULL');
  assert.deepEqual(fromDigest(digest), { digest: '2889014112', code: 'ACME_DISK_FULL' });
  assert.equal(toDigest('2889014112', new Error('without')), '2889014112');
  for (const text of ['2889014112', 'NEXT_REDIRECT;replace;/a@b;307', 'ACME_DISK_FULL', '']) {
    assert.deepEqual(fromDigest(text), { digest: text });
  }
});

test('the last line says where there is more', () => {
  const error = errors.ACME_CONFIG_MISSING({ folder: 'site' });
  const line = 'error[ACME_CONFIG_MISSING]: no acme.toml was found in site    more: acme explain ACME_CONFIG_MISSING';
  assert.equal(lastLine(error, 'acme'), line);
  assert.equal(lastLine(new Error('one\ntwo'), 'acme'), 'error: one');
});
