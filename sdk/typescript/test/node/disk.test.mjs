// The queue between writers and takers: every line is said once, whoever comes in between.

import assert from 'node:assert/strict';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { append, cameTooLate, lock, remove, replace, take, taken } from '../../dist/esm/node/disk.js';

function folder(t) {
  const folder = mkdtempSync(join(tmpdir(), 'aboveboard-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

const DISK = new URL('../../dist/esm/node/disk.js', import.meta.url).href;

test('a line behind the end is still its writer’s, and one before it is not', (t) => {
  const [queue, away] = ['queue', 'taken'].map((name) => join(folder(t), name));
  const late = openSync(queue, 'a+');
  assert.equal(append(queue, 'early', 100), 'written');
  take(queue, away);
  // Nobody has ended it yet: whoever does, does it behind this line.
  writeSync(late, '\nbetween\n');
  assert.equal(cameTooLate(late, Buffer.from('\nbetween\n')), false);
  assert.equal(String(taken(away)), '\nearly\n\nbetween\n');
  writeSync(late, '\nlate\n');
  assert.deepEqual(
    ['early', 'between', 'late'].map((line) => cameTooLate(late, Buffer.from(`\n${line}\n`))),
    [false, false, true],
  );
  assert.equal(String(taken(away)), '\nearly\n\nbetween\n', 'ended once, for all who read it');
  closeSync(late);
});

test('no line is lost or doubled while another takes the file', async (t) => {
  const here = folder(t);
  const [queue, writers, lines] = [join(here, 'queue'), 3, 400];
  const program = `
    import { workerData } from 'node:worker_threads';
    import { append, replace } from ${JSON.stringify(DISK)};
    for (let line = 0; line < ${lines}; line++) {
      const text = workerData.writer + '.' + line;
      if (append(workerData.queue, text, Infinity) === 'contended') replace(workerData.queue + '-' + text, text);
    }`;
  const url = new URL(`data:text/javascript,${encodeURIComponent(program)}`);
  const ends = Array.from({ length: writers }, (_, writer) => {
    const worker = new Worker(url, { workerData: { writer, queue } });
    return new Promise((resolve, reject) => worker.once('exit', resolve).once('error', reject));
  });
  let [working, number, found] = [true, 0, ''];
  const all = Promise.all(ends).then(() => (working = false));
  while (working || existsSync(queue)) {
    take(queue, join(here, `taken-${++number}`));
    found += taken(join(here, `taken-${number}`)) ?? '';
    await new Promise((resolve) => setImmediate(resolve));
  }
  await all;
  const texts = found.split('\n').filter((line) => line !== '');
  const expected = Array.from({ length: writers * lines }, (_, it) => `${Math.floor(it / lines)}.${it % lines}`);
  const own = expected.filter((text) => existsSync(`${queue}-${text}`));
  assert.deepEqual([...texts, ...own].sort(), expected.sort());
});

test('a full file takes no more', (t) => {
  const path = join(folder(t), 'a/b/queue');
  assert.deepEqual([append(path, '12345678', 16), append(path, '12345678', 16)], ['written', 'full']);
  assert.equal(readFileSync(path, 'utf8'), '\n12345678\n');
});

test('a lock is held by one, and taken over from the dead and the old', (t) => {
  const path = join(folder(t), 'state/lock');
  const now = Math.floor(Date.now() / 1000);
  assert.deepEqual([lock(path, now), lock(path, now), lock(path, now + 100)], [true, false, true]);
  // No process has this number: the largest that Linux gives out is smaller.
  replace(path, '999999999');
  assert.deepEqual([lock(path, now), lock(path, now)], [true, false]);
  remove(path);
  writeFileSync(path, '');
  assert.equal(lock(path, now), false, 'where files have one name only, its holder is about to write their number');
});

test('a lock is never without a number, and leaves nothing else behind', async (t) => {
  const here = folder(t);
  const path = join(here, 'lock');
  writeFileSync(join(here, 'new-lock-7'), '7');
  const program = `
    import { parentPort, workerData } from 'node:worker_threads';
    import { content } from ${JSON.stringify(DISK)};
    parentPort.postMessage('looking');
    while (content(workerData.path) !== 'done') if (content(workerData.path) === '') throw new Error('no number');`;
  const reader = new Worker(new URL(`data:text/javascript,${encodeURIComponent(program)}`), { workerData: { path } });
  const ended = new Promise((resolve, reject) => reader.once('exit', resolve).once('error', reject));
  await new Promise((resolve) => reader.once('message', resolve));
  const now = Math.floor(Date.now() / 1000);
  for (let round = 0; round < 1_000; round++) {
    assert.equal(lock(path, now), true);
    remove(path);
  }
  assert.deepEqual(readdirSync(here), []);
  replace(path, 'done');
  await ended;
});
